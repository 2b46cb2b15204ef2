// The code of all entries and of the command line, as CommonJS, with one file for what they share.
import { join } from 'node:path';
import { rolldown } from 'rolldown';
import { entries, loaderTables, program, readPackage, repository } from './entries.js';
import { reachable } from './reachable.js';

/** What belongs to another package, or to Node. */
const external = /^[^./]/;

/** @param {string} out The folder to write to. */
export async function bundleCode(out) {
  const sources = new Map([
    ...entries,
    ['cli', program],
    ['imports', 'src/optional-packages/load-package.ts'],
  ]);
  const code = await rolldown({
    input: inputOf(sources),
    external,
    platform: 'node',
    tsconfig: false,
    plugins: [requireInsteadOfImport, findsNoFiles, namesOfOurOwn],
    transform: { define: { PACKAGE_VERSION: JSON.stringify(readPackage().version) } },
  });
  await code.write({
    dir: out,
    format: 'cjs',
    exports: 'named',
    entryFileNames: '[name].cjs',
    chunkFileNames: '[name].cjs',
    codeSplitting: {
      groups: [
        sharedFile('core', 'index', 2),
        sharedFile('stores', 'open', 1),
        { name: 'catalogs', minShareCount: 2 },
      ],
    },
    // They are in the sources, which the source maps hold.
    comments: { jsdoc: false },
    sourcemap: true,
  });
  await code.close();
  // How `import` loads optional packages.
  const tables = await rolldown({ input: inputOf(loaderTables), external, tsconfig: false });
  await tables.write({
    dir: out,
    format: 'esm',
    entryFileNames: '[name].mjs',
    comments: { jsdoc: false },
  });
  await tables.close();
}

/** @param {ReadonlyMap<string, string>} sources */
function inputOf(sources) {
  return Object.fromEntries([...sources].map(([name, source]) => [name, join(repository, source)]));
}

/**
 * The file for the modules that `entry` shares with other entries. What the main entry uses is apart
 * from the rest, so that a bundle of the main entry holds no database drivers.
 *
 * @param {string} name
 * @param {string} entry
 * @param {number} priority Of several files for a module, the one with the highest is taken.
 */
function sharedFile(name, entry, priority) {
  /** @type {ReadonlySet<string> | undefined} */
  let modules;
  return {
    debugName: name,
    minShareCount: 2,
    priority,
    /**
     * @param {string} id
     * @param {import('rolldown').ChunkingContext} context
     */
    name(id, context) {
      const start = join(repository, entries.get(entry) ?? '');
      modules ??= reachable(start, (module) => context.getModuleInfo(module));
      return modules.has(id) ? name : null;
    },
  };
}

/**
 * In CommonJS an optional package comes from `require`, as the app's own copy does. The call keeps
 * its place in the try block, by which a bundler sees that the package may be missing.
 */
const requireInsteadOfImport = {
  name: 'require-instead-of-import',
  transform: {
    filter: { id: /optional-packages[\\/](?!load-package)/ },
    /** @param {string} code */
    handler: (code) => ({ code: code.replaceAll('await import(', 'require('), map: null }),
  },
};

/**
 * Fails on code that finds packages or files from where it lies: a bundle lies elsewhere. The command
 * line, which nobody bundles, may.
 */
const findsNoFiles = {
  name: 'finds-no-files',
  /** @param {string} code @param {{ name: string }} chunk */
  renderChunk(code, { name }) {
    const found = /\b(import\.meta|__filename|__dirname|createRequire|require\.cache)\b/.exec(code);
    if (found !== null && name !== 'cli') throw new Error(`${name}.cjs uses ${found[0]}.`);
    return null;
  },
};

/**
 * Gives the shared files other names than `require_core`: Rolldown up to 1.0.1, and so Vite 8 up to 8.0.13, which
 * bundle an app, give that name to the file itself, and do not see that it is taken. As long as the one before, so
 * that source maps stay right.
 */
const namesOfOurOwn = {
  name: 'names-of-our-own',
  /** @param {string} code @param {{ name: string }} chunk */
  renderChunk(code, { name }) {
    const renamed = code.replace(/\brequire_(?=(core|stores|catalogs)\b)/g, 'modules_');
    const left = /^(const|let|var) (require_\w+)/m.exec(renamed);
    if (left !== null) throw new Error(`${name}.cjs names a variable ${left[2]}.`);
    return { code: renamed, map: null };
  },
};
