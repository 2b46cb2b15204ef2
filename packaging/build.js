// Builds dist: the code once, as CommonJS, and for each entry a thin ES module that re-exports it, so
// that `import` and `require` share one copy. Run by `npm run build`.
//
// Usage: node packaging/build.js [--out folder] [--no-types]
import { rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { bundleCode } from './bundle-code.js';
import { bundleTypes } from './bundle-types.js';
import { repository } from './entries.js';
import { markTypes } from './exported-names.js';
import { writeImportEntries } from './import-entries.js';

const { values } = parseArgs({
  options: {
    out: { type: 'string', default: join(repository, 'dist') },
    'no-types': { type: 'boolean', default: false },
  },
});
const out = resolve(values.out);
rmSync(out, { recursive: true, force: true });
await Promise.all([
  bundleCode(out).then(() => writeImportEntries(out)),
  values['no-types'] || bundleTypes(out),
]);
if (!values['no-types']) markTypes(out);
