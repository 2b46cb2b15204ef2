// What an entry exports: the code says which names are values, and the declarations must say the same.
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { entries } from './entries.js';

/**
 * The names of the values that an entry exports.
 *
 * @param {string} out The folder in which the CommonJS entries are.
 * @param {string} entry
 */
export function exportedValues(out, entry) {
  return Object.keys(createRequire(import.meta.url)(join(out, `${entry}.cjs`))).sort();
}

/**
 * Writes what is not a value under `export type`: the bundle of the declarations does so for interfaces, and not for a
 * class that the sources export as a type only.
 *
 * @param {string} out The folder in which the code and the declarations are.
 */
export function markTypes(out) {
  for (const entry of entries.keys()) {
    const file = join(out, `${entry}.d.cts`);
    const values = new Set(exportedValues(out, entry));
    const missing = new Set(values);
    const text = readFileSync(file, 'utf8').replace(
      /^export (?:type )?\{ (.+) \}(.*);$/gm,
      (_, /** @type {string} */ list, /** @type {string} */ from) => {
        const names = list.split(', ');
        const isValue = (/** @type {string} */ name) => values.has(name);
        for (const name of names) missing.delete(name);
        return [
          ...exportList('export', names.filter(isValue), from),
          ...exportList(
            'export type',
            names.filter((name) => !isValue(name)),
            from,
          ),
        ].join('\n');
      },
    );
    if (missing.size > 0) throw new Error(`${entry}.d.cts lacks ${[...missing].join(', ')}.`);
    writeFileSync(file, text);
  }
}

/** @param {string} start @param {string[]} names @param {string} from */
function exportList(start, names, from) {
  return names.length === 0 ? [] : [`${start} { ${names.join(', ')} }${from};`];
}
