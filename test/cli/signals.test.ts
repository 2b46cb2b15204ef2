// Signals as they arrive: Ctrl-C twice where npx hands it on, and before a command has begun.
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, it, onTestFinished } from 'vitest';
import { packedProgram } from './program.js';
import { bothKeys, storeOnOldKey, temporaryFolder } from './scene.js';

const program = await packedProgram();

const writing = 'a write begins';
const written = 'a write has ended';

/** A catalog module of ten sessions, whose first writes last until `end` is over. */
async function slowCatalog(end: string): Promise<string> {
  const path = join(await temporaryFolder(), 'catalog.mjs');
  const url = await storeOnOldKey(10);
  await writeFile(
    path,
    `import { once } from 'node:events';
    import { openSessionStorage } from ${JSON.stringify(join(program.folder, 'dist/open.mjs'))};
    const store = openSessionStorage(${JSON.stringify(url)});
    let lasting;
    async function last() {
      // What listens to a signal does not keep a process alive.
      const alive = setInterval(() => {}, 1000);
      console.error(${JSON.stringify(writing)});
      ${end}
      clearInterval(alive);
    }
    export default {
      sessions: () => store.sessions(),
      async replaceSession(current, next) {
        await (lasting ??= last());
        const isReplaced = await store.replaceSession(current, next);
        console.error(${JSON.stringify(written)});
        return isReplaced;
      },
    };`,
  );
  return path;
}

const begun = async (end: string) =>
  program.start(
    ['rotate', '--catalog', await slowCatalog(end), '--batch-size', '1', '--json'],
    { env: bothKeys },
    writing,
  );

describe('Ctrl-C', () => {
  it('that arrives twice, as through npx, lets the work in progress end', async () => {
    // The clock stands still from the first to the second, however slow this machine is.
    const running = await begun(`
      performance.now = () => 0;
      await once(process, 'SIGINT');
      process.kill(process.pid, 'SIGINT');
      await once(process, 'SIGINT');`);

    running.kill('SIGINT');
    const { code, stdout, stderr } = await running.ended;

    expect(code).toBe(130);
    expect(stderr.split('Ending after the work in progress.')).toHaveLength(2);
    expect(stderr).toContain(written);
    const report = JSON.parse(stdout);
    expect(report).toMatchObject({ aborted: true, reencrypted: report.scanned });
  });

  it('a second later again ends it at once', async () => {
    const running = await begun('await new Promise(() => {});');

    running.kill('SIGINT');
    await running.says('Ending after the work in progress.');
    await pause(1_100);
    running.kill('SIGINT');
    const { code, stderr } = await running.ended;

    expect(code).toBe(130);
    expect(stderr).not.toContain(written);
  });
});

/** The port of a server that accepts connections and says nothing, and its first connection. */
async function silentServer() {
  const server = createServer((socket) => socket.on('error', () => {}));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.close();
  });
  return { port: (server.address() as AddressInfo).port, connected: once(server, 'connection') };
}

describe('before a store has answered, nothing is in progress', () => {
  const commands = [
    ['list'],
    ['delete', '--unreadable'],
    ['status'],
    ['rotate'],
    ['inspect', 'offline_a.myshopify.com'],
  ];
  it.each([
    ...commands.map((args) => ({ args, scheme: 'redis', signal: 'SIGINT', code: 130 }) as const),
    { args: ['list'], scheme: 'postgres', signal: 'SIGTERM', code: 143 } as const,
  ])('$signal ends $args over $scheme at once', async ({ args, scheme, signal, code }) => {
    const { port, connected } = await silentServer();
    const store = `${scheme}://app:hunter2@127.0.0.1:${port}/0`;

    const running = await program.start([...args, '--store', store], { env: bothKeys }, connected);
    running.kill(signal);
    const ended = await running.ended;

    expect(ended).toMatchObject({ code, stdout: '' });
    expect(ended.stderr).not.toContain('Error');
  });

  const entry = (name: string) => JSON.stringify(join(program.folder, `dist/${name}.mjs`));
  const installed = (name: string) => JSON.stringify(import.meta.resolve(name));
  const modules: Readonly<Record<string, (port: number) => string>> = {
    PostgreSQL: (port) => `
      import pg from ${installed('pg')};
      import { postgresqlCatalog } from ${entry('postgresql')};
      export default postgresqlCatalog(new pg.Pool({ connectionString: 'postgres://app@127.0.0.1:${port}/app' }));`,
    Redis: (port) => `
      import { createClient } from ${installed('redis')};
      import { redisCatalog } from ${entry('redis')};
      export default redisCatalog(createClient({ url: 'redis://127.0.0.1:${port}' }));`,
    "the app's own": (port) => `
      import { once } from 'node:events';
      import { connect } from 'node:net';
      export default {
        async *sessions() {
          await once(connect(${port}, '127.0.0.1'), 'data');
        },
        replaceSession: async () => false,
        removeSession: async () => false,
      };`,
  };
  const inTurn = [['list'], ['list', '--json'], ['delete', '--plaintext', '--yes']];
  const ofStore = [...inTurn, ['status'], ['rotate'], ['inspect', 'offline_a.myshopify.com']];
  it.each([
    ...ofStore.map((args) => ({ args, catalog: 'PostgreSQL' })),
    ...ofStore.map((args) => ({ args, catalog: 'Redis' })),
    ...inTurn.map((args) => ({ args, catalog: "the app's own" })),
  ])('SIGINT ends $args over a catalog of $catalog at once', async ({ args, catalog }) => {
    const { port, connected } = await silentServer();
    const path = join(await temporaryFolder(), 'catalog.mjs');
    await writeFile(path, String(modules[catalog]?.(port)));

    const call = [...args, '--catalog', path];
    const running = await program.start(call, { env: bothKeys }, connected);
    running.kill('SIGINT');
    const ended = await running.ended;

    expect(ended).toMatchObject({ code: 130, stdout: '' });
    expect(ended.stderr).not.toContain('Error');
  });
});
