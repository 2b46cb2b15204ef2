// A module for `--catalog` that lets a test act in the middle of rotate and of copy.
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Program } from './program.js';
import { temporaryFolder } from './scene.js';

/** Where the module has its catalog from. */
export interface CatalogSource {
  /** Import clauses, and the file that each imports from. */
  readonly imports: Readonly<Record<string, string>>;
  /** The expression that opens the catalog. */
  readonly catalog: string;
}

/** The environment in which the catalog stops before its `write`th write, and says so. */
export const stopBefore = (write: number) => ({ STOP_BEFORE: String(write) });
/** What it then writes to standard error; it goes on at SIGUSR2, SIGINT or SIGTERM. */
export const stopped = 'stopped before a write';

/** Writes the module. Without {@link stopBefore} its catalog does not stop. */
export async function stoppingCatalog({ imports, catalog }: CatalogSource): Promise<string> {
  const path = join(await temporaryFolder(), 'catalog.mjs');
  const lines = Object.entries(imports).map(
    ([clause, file]) => `import ${clause} from ${JSON.stringify(file)};`,
  );
  await writeFile(
    path,
    `${lines.join('\n')}
    import { once } from 'node:events';
    const catalog = ${catalog};
    const before = Number(process.env.STOP_BEFORE ?? Infinity);
    let writes = 0;
    let stopped;
    async function stop() {
      const signal = Promise.race(['SIGUSR2', 'SIGINT', 'SIGTERM'].map((name) => once(process, name)));
      // What listens to a signal does not keep a process alive.
      const alive = setInterval(() => {}, 1000);
      console.error(${JSON.stringify(stopped)});
      await signal;
      clearInterval(alive);
      // The command hears of the signal before this write is made.
      await new Promise((done) => setTimeout(done, 50));
    }
    export default {
      sessions: () => catalog.sessions(),
      loadSession: (id) => catalog.loadSession(id),
      async replaceSession(current, next) {
        if (++writes >= before) await (stopped ??= stop());
        return catalog.replaceSession(current, next);
      },
      disconnect: () => catalog.disconnect(),
    };`,
  );
  return path;
}

/** The catalog of a store that `--store` could name as well. */
export function catalogOfUrl({ folder }: Program, url: string, options = {}): CatalogSource {
  return {
    imports: { '{ openSessionStorage }': join(folder, 'dist/open.mjs') },
    catalog: `openSessionStorage(${JSON.stringify(url)}, ${JSON.stringify(options)})`,
  };
}
