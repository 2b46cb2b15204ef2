// Writes what package.json says of the entries: `main`, `types`, `bin`, `exports`, `typesVersions`.
//
// Usage: node packaging/package-fields.js [--check]   With --check, only fails if they are behind.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { entries, readPackage, repository } from './entries.js';

const { values } = parseArgs({ options: { check: { type: 'boolean', default: false } } });
const written = readPackage();
const wanted = { ...written, ...fields(written.name) };
if (JSON.stringify(written) !== JSON.stringify(wanted)) {
  if (values.check) {
    console.error('package.json is behind the entries in src. Run: npm run generate');
    process.exit(1);
  }
  writeFileSync(join(repository, 'package.json'), `${JSON.stringify(wanted, null, 2)}\n`);
}

/** @param {string} packageName */
function fields(packageName) {
  const names = [...entries.keys()];
  return {
    main: './dist/index.cjs',
    // For compilers that know nothing of `exports` (moduleResolution node10), as is typesVersions.
    types: './dist/index.d.cts',
    bin: { 'encrypted-sessions': './dist/cli.cjs', [packageName]: './dist/cli.cjs' },
    exports: {
      ...Object.fromEntries(
        names.map((name) => [name === 'index' ? '.' : `./${name}`, conditions(name)]),
      ),
      './package.json': './package.json',
    },
    typesVersions: {
      '*': Object.fromEntries(
        names.filter((name) => name !== 'index').map((name) => [name, [`./dist/${name}.d.cts`]]),
      ),
    },
  };
}

/** @param {string} name */
function conditions(name) {
  return {
    import: { types: `./dist/${name}.d.mts`, default: `./dist/${name}.mjs` },
    require: { types: `./dist/${name}.d.cts`, default: `./dist/${name}.cjs` },
  };
}
