// An app whose Prisma client sealed tokens with prisma-field-encryption comes over, by the documented module.
import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { EncryptedSessionStorage, Keyring } from '../../src/index.js';
import { officialPrisma } from '../conformance/backends/official-prisma.js';
import { type PrismaClient, prismaClientClass } from '../conformance/backends/prisma-client.js';
import { expiringOfflineSession, offlineSession } from '../conformance/sessions.js';
import { codeBlock } from './documents.js';
import { keyOf, operator } from './operator.js';

const place = operator('prisma-field-encryption');

/** The Session of the schema, its tokens marked `/// @encrypted`; Prisma 6 leaves such marks out of its client. */
const dmmf = {
  datamodel: {
    models: [
      {
        name: 'Session',
        fields: ['id', 'shop', 'state', 'scope', 'accessToken', 'refreshToken'].map((name) => ({
          name,
          type: 'String',
          isId: name === 'id',
          isList: false,
          isUnique: false,
          documentation: name.endsWith('Token') ? '@encrypted' : undefined,
        })),
      },
    ],
  },
};

const cloakKey = () =>
  `k1.aesgcm256.${randomBytes(32).toString('base64').replace(/\+/g, '-').replace(/\//g, '_')}`;

test('what prisma-field-encryption wrote, under its present key and an earlier one, is taken over', async () => {
  const backend = await officialPrisma.create('');
  onTestFinished(() => officialPrisma.drop(backend));
  const { PrismaLibSQL } = await import('@prisma/adapter-libsql');
  const file = join(String(backend.folder), 'sessions.db');
  const Client = await prismaClientClass('sqlite');
  const client = new Client({ adapter: new PrismaLibSQL({ url: `file:${file}` }) });
  onTestFinished(() => client.$disconnect());
  const { PrismaSessionStorage } = await import('@shopify/shopify-app-session-storage-prisma');
  const { fieldEncryptionExtension } = createRequire(import.meta.url)('prisma-field-encryption');
  const over = (prisma: PrismaClient) => new PrismaSessionStorage(prisma as never);
  const sealedWith = (encryptionKey: string) =>
    over(client.$extends(fieldEncryptionExtension({ encryptionKey, dmmf })));

  const [earlier, present] = [cloakKey(), cloakKey()];
  const sessions = [
    expiringOfflineSession('flowers.myshopify.com'),
    expiringOfflineSession('books.myshopify.com'),
    offlineSession('tea.myshopify.com'),
  ] as const;
  await sealedWith(earlier).storeSession(sessions[0]);
  await sealedWith(present).storeSession(sessions[1]);
  await over(client).storeSession(sessions[2]); // plaintext, from before
  const before = await client.$queryRawUnsafe('SELECT accessToken FROM Session ORDER BY shop');
  expect(
    before.filter(({ accessToken }) => /^v1\.aesgcm256\./.test(String(accessToken))),
  ).toHaveLength(2);

  const SESSION_ENCRYPTION_KEYS = keyOf('2026-11');
  await writeFile(join(place.app, 'open-legacy.mjs'), codeBlock('open-legacy').code);
  const variables = {
    SESSION_STORE_URL: `sqlite:${file}`,
    SESSION_ENCRYPTION_KEYS,
    PRISMA_FIELD_ENCRYPTION_KEY: present,
    PRISMA_FIELD_DECRYPTION_KEYS: earlier,
  };
  const app = new EncryptedSessionStorage(over(client), {
    keyring: Keyring.parse(SESSION_ENCRYPTION_KEYS),
    mode: 'strict',
  });
  const expectTokens = async () => {
    for (const session of sessions) {
      expect(await app.loadSession(session.id)).toMatchObject({
        accessToken: session.accessToken,
        ...(session.refreshToken === undefined ? {} : { refreshToken: session.refreshToken }),
      });
    }
  };
  // Without --legacy, as README.md has the commands: nothing fails, and the app has ciphertext for tokens.
  await place.runBlock('adopt', variables);
  expect((await app.loadSession(sessions[0].id))?.accessToken).toMatch(/^v1\.aesgcm256\./);
  await place.runBlock('legacy-mend', variables);
  await expectTokens();

  for (const session of sessions.slice(0, 2)) await sealedWith(present).storeSession(session);
  await place.runBlock('legacy', variables);
  await expectTokens();
});
