// Imports run one way: what CONTRIBUTING.md says of the folders of the source.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const root = join(import.meta.dirname, '../..');
const files = readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' })
  .map((name) => join('src', name))
  .filter((name) => name.endsWith('.ts'));

/** By file, what it imports of ours; types included. */
const imports = new Map(
  files.map((file) => {
    const source = readFileSync(join(root, file), 'utf8');
    const found = source.matchAll(/(?:from|import)\s*\(?\s*'(\.[^']+)\.js'/g);
    return [file, [...found].map(([, path = '']) => `${join(file, '..', path)}.ts`)] as const;
  }),
);

/** The files that `file` needs, directly or not. */
function reachable(file: string): Set<string> {
  const found = new Set<string>();
  const waiting = [...(imports.get(file) ?? [])];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    if (found.has(next)) continue;
    found.add(next);
    waiting.push(...(imports.get(next) ?? []));
  }
  return found;
}

it('reads imports at all', () => {
  expect(imports.get('src/index.ts')).toContain('src/errors.ts');
});

it('no file needs itself', () => {
  expect(files.filter((file) => reachable(file).has(file))).toEqual([]);
});

describe.each([
  ['key-ring', /^src\/(?:sealed-token|session|store|keyv|encrypted)/],
  ['sealed-token', /^src\/(?:session|store|keyv|encrypted)/],
  ['session-fields', /^src\/(?:store|keyv|encrypted|atomic|reencryption)/],
  ['encrypted-session-storage', /^src\/(?:keyv|atomic|open|reencryption|catalogs)/],
  ['errors', /^src\/(?!errors)/],
  ['runtime', /^src\/(?!runtime)/],
])('src/%s', (folder, forbidden) => {
  it('needs nothing of the layers above it', () => {
    const own = files.filter((file) => file.startsWith(`src/${folder}/`));
    const needed = own.flatMap((file) =>
      [...reachable(file)]
        .filter((one) => forbidden.test(one))
        .map((one) => `${file} needs ${one}`),
    );
    expect(needed).toEqual([]);
  });
});

it('nothing needs the command line', () => {
  const others = files.filter((file) => !file.startsWith('src/cli/'));
  expect(
    others.filter((file) => [...reachable(file)].some((one) => one.startsWith('src/cli/'))),
  ).toEqual([]);
});
