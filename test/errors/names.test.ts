// The names of errors stay what they are in a bundle, which renames classes.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { rolldown } from 'rolldown';
import { expect, onTestFinished, test } from 'vitest';
import * as api from '../../src/index.js';

const names = Object.keys(api).filter(
  (name) => name.endsWith('Error') && name !== 'SessionEncryptionError',
);

test('errors in a minified bundle say the names that the package exports', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'error-names-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const file = join(folder, 'errors.mjs');
  const bundle = await rolldown({ input: 'src/errors.ts' });
  await bundle.write({ file, minify: true });
  await bundle.close();
  const bundled: Record<string, new (message: string) => Error> = await import(file);
  expect(bundled.KeyUnknownError?.name).not.toBe('KeyUnknownError');
  const said = names.map((name) => new (bundled[name] ?? Error)('message').name);
  expect(said).toEqual(names);
});
