// The steps for an app that `shopify app init` made, run as docs/frameworks/react-router.md has them.
import { mkdir, readFile, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { expect, onTestFinished, test } from 'vitest';
import { EncryptedSessionStorage, Keyring } from '../../src/index.js';
import { officialPrisma } from '../conformance/backends/official-prisma.js';
import { expiringOfflineSession, onlineSession, tokensOf } from '../conformance/sessions.js';
import { readableTokens } from '../shopify/at-rest.js';
import { operator } from './operator.js';

const place = operator('template');

test('a dev.sqlite with sessions is refused, then sealed without a module, and opens', async () => {
  const database = await officialPrisma.create('');
  onTestFinished(() => officialPrisma.drop(database));
  const { storage, raw, close } = await officialPrisma.connect(database);
  onTestFinished(close);
  const sessions = ['one', 'two'].flatMap((name) => [
    expiringOfflineSession(`${name}.myshopify.com`),
    onlineSession(`${name}.myshopify.com`, 7),
  ]);
  for (const session of sessions) await storage.storeSession(session);
  await mkdir(join(place.app, 'prisma'));
  await symlink(join(database.folder ?? '', 'sessions.db'), join(place.app, 'prisma/dev.sqlite'));

  await place.runBlock('template-key', {});
  const { SESSION_ENCRYPTION_KEYS = '' } = parseEnv(
    await readFile(join(place.app, '.env'), 'utf8'),
  );
  const keyring = Keyring.parse(SESSION_ENCRYPTION_KEYS);
  const wrapped = new EncryptedSessionStorage(storage, { keyring });
  const loadAll = () => Promise.all(sessions.map(({ id }) => wrapped.loadSession(id)));
  await expect(loadAll()).rejects.toMatchObject({ code: 'ERR_TOKEN_PLAINTEXT' });
  const plaintext = await Promise.all(sessions.map(({ id }) => storage.loadSession(id)));

  // `status` ends with 1 while a token is plaintext.
  expect(await place.runBlock('template-migrate', {})).toMatch(/of them from plaintext +4$/m);
  expect(await loadAll()).toEqual(plaintext);
  const contents = Buffer.from(await raw());
  expect(readableTokens(contents, sessions.flatMap(tokensOf))).toEqual([]);
});
