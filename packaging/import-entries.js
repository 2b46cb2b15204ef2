// The ES modules that `import` gets: every name that the CommonJS entry exports, so that there is one
// copy of the code; and real imports of optional packages, so that sessions are of the class that
// the app imports.
import { writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { entries } from './entries.js';

/** @param {string} out The folder in which the CommonJS entries are. */
export function writeImportEntries(out) {
  const require = createRequire(import.meta.url);
  for (const name of entries.keys()) {
    const names = Object.keys(require(join(out, `${name}.cjs`))).sort();
    const lines = [`export { ${names.join(', ')} } from './${name}.cjs';`];
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
