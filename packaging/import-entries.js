// The ES modules that `import` gets: every name that the CommonJS entry exports, so that there is one
// copy of the code; and real imports of optional packages, so that sessions are of the class that
// the app imports.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { entries } from './entries.js';
import { exportedValues } from './exported-names.js';

/** @param {string} out The folder in which the CommonJS entries are. */
export function writeImportEntries(out) {
  for (const name of entries.keys()) {
    const lines = [`export { ${exportedValues(out, name).join(', ')} } from './${name}.cjs';`];
    // A storage over Keyv makes sessions; `openSessionStorage` needs a driver beside.
    if (name === 'index') lines.unshift(...importing('shopifyApi', 'shopify-api'));
    if (name === 'open') lines.unshift("import './index.mjs';", ...importing('drivers', 'drivers'));
    writeFileSync(join(out, `${name}.mjs`), `${lines.join('\n')}\n`);
  }
}

/**
 * @param {string} table
 * @param {string} module
 */
function importing(table, module) {
  return [
    "import { useImports } from './imports.cjs';",
    `import { ${table} } from './${module}.mjs';`,
    `useImports(${table});`,
  ];
}
