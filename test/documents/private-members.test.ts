// No source patches another package or reaches into one: what is not public changes without a word.
import { expect, test } from 'vitest';
import { sources, sourceText } from './docstrings.js';

const reaching: Record<string, RegExp> = {
  'a private member': /\??\._[A-Za-z]|\[['"]_[A-Za-z]/,
  'the require cache': /require\s*\.\s*cache|\bModule\s*\._/,
  'a patched prototype': /\.prototype(\.\w+|\[[^\]]+\])?\s*=[^=>]/,
};

test('no source reaches into another package', () => {
  const found = sources.flatMap((file) =>
    Object.entries(reaching)
      .filter(([, pattern]) =>
        pattern.test(sourceText(file).replace(/\/\/.*|\/\*[\s\S]*?\*\//g, '')),
      )
      .map(([what]) => `${file.replace(/^src\//, '')}: ${what}`),
  );
  expect(found).toEqual([]);
});

test.each([
  ['client._pool.on("error")', 'a private member'],
  ["adapter['_client']", 'a private member'],
  ['delete require.cache[path]', 'the require cache'],
  ['Pool.prototype.connect = patched', 'a patched prototype'],
])('%s would be found', (text, what) => {
  expect(reaching[what]?.test(text)).toBe(true);
});
