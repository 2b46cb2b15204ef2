// The declarations of each entry, in one file without internals. `import` gets the same ones as
// `require`: it is one copy of the code, so each class has one type.
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { rollup } from 'rollup';
import { dts } from 'rollup-plugin-dts';
import { entries, repository } from './entries.js';
import { reachable } from './reachable.js';

const execute = promisify(execFile);

/** @param {string} out The folder to write to. */
export async function bundleTypes(out) {
  // Not in node_modules: what lies there is taken for another package.
  const declarations = await mkdtemp(join(tmpdir(), 'declarations-'));
  try {
    await emitDeclarations(declarations);
    const input = Object.fromEntries(
      [...entries].map(([name, source]) => [
        name,
        source.replace(/^src/, declarations).replace(/ts$/, 'd.ts'),
      ]),
    );
    const bundle = await rollup({
      input,
      external: /^[^./]/,
      plugins: [dts(), toleratesMissingPeer],
      // Such as of a class that an entry returns and does not export.
      onwarn: ({ message }) => {
        throw new Error(message);
      },
      treeshake: { moduleSideEffects: 'no-external' },
    });
    await bundle.write({
      dir: out,
      entryFileNames: '[name].d.cts',
      chunkFileNames: '[name].d.cts',
      minifyInternalExports: false,
      hoistTransitiveImports: false,
      manualChunks: chunkOf(input.index ?? ''),
    });
    await bundle.close();
  } finally {
    await rm(declarations, { recursive: true, force: true });
  }
  for (const name of entries.keys()) {
    await writeFile(join(out, `${name}.d.mts`), `export * from './${name}.cjs';\n`);
  }
}

/** @param {string} folder */
async function emitDeclarations(folder) {
  const compiler = join(repository, 'node_modules/typescript/bin/tsc');
  const parameters = ['-p', 'tsconfig.build.json', '--outDir', folder];
  await execute(process.execPath, [compiler, ...parameters], { cwd: repository });
}

/**
 * What the main entry uses is declared in its file; what only catalogs share, in `catalogs`.
 *
 * @param {string} main
 * @returns {import('rollup').GetManualChunk}
 */
function chunkOf(main) {
  /** @type {ReadonlySet<string> | undefined} */
  let inMain;
  return (id, { getModuleInfo }) => {
    inMain ??= reachable(main, getModuleInfo);
    if (inMain.has(id)) return 'index';
    return (getModuleInfo(id)?.importers.length ?? 0) > 1 ? 'catalogs' : undefined;
  };
}

const peerImport = "import { Session } from '@shopify/shopify-api';";

/** The comment by which the compiler forgives a missing peer has to stand before its import. */
const toleratesMissingPeer = {
  name: 'tolerates-missing-peer',
  /** @param {string} code */
  renderChunk(code) {
    const comment = /\/\*\* @ts-ignore.*?\*\/\n/.exec(code)?.[0];
    if (comment === undefined) return null;
    if (!code.includes(peerImport)) throw new Error(`Expected in the declarations: ${peerImport}`);
    return code.replace(comment, '').replace(peerImport, `${comment}${peerImport}`);
  },
};
