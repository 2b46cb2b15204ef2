// The commands of the runbooks do what the documents say, run as they stand there.
import { readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { PostgreSQLSessionStorage } from '@shopify/shopify-app-session-storage-postgresql';
import { decodeProtectedHeader } from 'jose';
import { expect, test } from 'vitest';
import { EncryptedSessionStorage, Keyring } from '../../src/index.js';
import {
  createPostgresDatabase,
  dropPostgresDatabase,
} from '../conformance/backends/postgres-database.js';
import { offlineSession } from '../conformance/sessions.js';
import { canStartRedis, startRedis } from '../servers/redis.js';
import { sharedServer } from '../servers/shared.js';
import { codeBlock, tableRows } from './documents.js';
import { keyOf, loadSessions, operator, storedTokens, storeSessions } from './operator.js';
import { run } from './run-program.js';

const place = operator('runbook');
const { runBlock } = place;
const oldKey = keyOf('2026-05');
const postgresServer = sharedServer('postgres');

test('npx finds the program in the folder of an app that has the package', async () => {
  const ended = await run('npx', ['--no', 'shopify-app-session-storage-encrypted', '--version'], {
    cwd: place.app,
    env: { PATH: process.env.PATH, HOME: place.folder },
  });
  expect(ended).toMatchObject({ code: 0, stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/) });
});

test('rotating keys in the environment brings every token to the new key, and ends without the old one', async () => {
  const SESSION_STORE_URL = `sqlite:${join(place.folder, 'rotation-env.db')}`;
  const sessions = await storeSessions(SESSION_STORE_URL, oldKey);
  let ring = oldKey;
  const env = () => ({ SESSION_STORE_URL, SESSION_ENCRYPTION_KEYS: ring });
  const stages = stagesIn(await runBlock('rotation-keygen', env()));
  for (const stage of [1, 2]) ring = await runLine(stages.get(stage), env());
  const printed = await runBlock('rotation', env());
  expect(printed).toMatch(/2026-05 .*can be removed\n/);
  ring = await runLine(stages.get(4), env());
  const { kids } = Keyring.parse(ring);
  expect(kids).toEqual([expect.not.stringContaining('2026-05')]);
  const tokens = await storedTokens(SESSION_STORE_URL);
  expect(tokens.map((token) => decodeProtectedHeader(token).kid)).toEqual(Array(6).fill(kids[0]));
  const ids = sessions.map(({ id }) => id);
  expect(await loadSessions(SESSION_STORE_URL, ring, ids)).toEqual(sessions);
});

test('rotating keys in a mounted file does the same', async () => {
  const SESSION_STORE_URL = `sqlite:${join(place.folder, 'rotation-file.db')}`;
  const sessions = await storeSessions(SESSION_STORE_URL, oldKey);
  const file = join(place.folder, 'keys');
  await writeFile(file, `${oldKey}\n`);
  const env = { SESSION_STORE_URL, SESSION_ENCRYPTION_KEYS_FILE: file };
  const stages = stagesIn(await runBlock('rotation-keygen', env));
  for (const stage of [1, 2]) await runLine(stages.get(stage), env);
  const printed = await runBlock('rotation', env);
  expect(printed).toMatch(/2026-05 .*can be removed\n/);
  await runLine(stages.get(4), env);
  const ring = await readFile(file, 'utf8');
  expect(ring).toMatch(/^[\w.-]+:[\w-]{43}\n$/);
  const ids = sessions.map(({ id }) => id);
  expect(await loadSessions(SESSION_STORE_URL, ring, ids)).toEqual(sessions);
});

test('keygen in an empty environment, and into a .env file, makes a key', async () => {
  const printed = await runBlock('keygen', {});
  expect(Keyring.parse(printed.trim().replace(/^SESSION_ENCRYPTION_KEYS=/, '')).kids).toHaveLength(
    1,
  );
  await rm(join(place.app, '.env'), { force: true });
  await runBlock('keygen-env-file', {});
  const variables = parseEnv(await readFile(join(place.app, '.env'), 'utf8'));
  await rm(join(place.app, '.env'));
  expect(Keyring.parse(String(variables.SESSION_ENCRYPTION_KEYS)).kids).toHaveLength(1);
});

test('a key file is made that only its owner can read, and one that is there stays', async () => {
  const file = join(place.app, 'keys.json');
  await rm(file, { force: true });
  await runBlock('keygen-key-file', {});
  const keys = await readFile(file, 'utf8');
  expect((await stat(file)).mode & 0o777).toBe(0o600);
  expect(Keyring.parse(keys).kids).toHaveLength(1);
  await runBlock('keygen-key-file', {}, 1);
  expect(await readFile(file, 'utf8')).toBe(keys);
});

test('the whole values for a hosted platform: no stage seals with a key that the one before lacks', () => {
  const values = tableRows('docs/keys.md', 'Stage').map(([, value = '']) => value);
  const [added = '', promoted = '', , left = ''] = values;
  const newKey = keyOf('new');
  const ringOf = (value: string) =>
    Keyring.parse(value.replace('old', oldKey).replace('new', newKey));
  expect(ringOf(added).kids).toEqual(['2026-05', 'new']);
  expect(ringOf(promoted).kids).toEqual(['new', '2026-05']);
  expect(ringOf(left).kids).toEqual(['new']);
});

/** The line that keygen prints for each stage, but the commands of this package. */
function stagesIn(printed: string): Map<number, string> {
  const stages = new Map<number, string>();
  let stage = 0;
  for (const line of printed.trim().split('\n')) {
    const title = /^: '(\d)\. /.exec(line);
    if (title !== null) stage = Number(title[1]);
    else if (!line.startsWith('npx ')) stages.set(stage, line);
  }
  return stages;
}

/** Runs a line of keygen in a new shell; answers the key ring in the environment then. */
async function runLine(line: string | undefined, env: NodeJS.ProcessEnv): Promise<string> {
  const script = `${line}\ncode=$?\nprintf '%s' "\${SESSION_ENCRYPTION_KEYS-}"\nexit $code`;
  const options = { cwd: place.app, env: { PATH: process.env.PATH, ...env } };
  const ended = await run('sh', ['-c', script], options);
  expect(ended.code, ended.stderr).toBe(0);
  return ended.stdout;
}

test('adopting seals what an app without encryption stored', async () => {
  const SESSION_STORE_URL = `sqlite:${join(place.folder, 'adopt.db')}`;
  const sessions = await storeSessions(SESSION_STORE_URL, oldKey, 'rollback');
  const tokens = await storedTokens(SESSION_STORE_URL);
  expect(tokens).toContain(sessions[0]?.accessToken);
  await runBlock('adopt', { SESSION_STORE_URL, SESSION_ENCRYPTION_KEYS: oldKey });
  const ids = sessions.map(({ id }) => id);
  expect(await loadSessions(SESSION_STORE_URL, oldKey, ids)).toEqual(sessions);
  expect(await storedTokens(SESSION_STORE_URL)).not.toContain(sessions[0]?.accessToken);
});

test('backing out leaves every token as plaintext, for the app without the wrapper', async () => {
  const SESSION_STORE_URL = `sqlite:${join(place.folder, 'back-out.db')}`;
  const sessions = await storeSessions(SESSION_STORE_URL, oldKey);
  await runBlock('back-out', { SESSION_STORE_URL, SESSION_ENCRYPTION_KEYS: oldKey });
  const tokens = sessions.flatMap(({ accessToken, refreshToken }) => [accessToken, refreshToken]);
  expect((await storedTokens(SESSION_STORE_URL)).sort()).toEqual(tokens.sort());
});

test.skipIf(postgresServer === undefined || !canStartRedis())(
  'moving from Redis to PostgreSQL brings every session over, sealed as it was',
  async () => {
    const redis = await startRedis();
    const DATABASE_URL = await createPostgresDatabase(String(postgresServer));
    try {
      const sessions = await storeSessions(redis.url, oldKey);
      // `copy` needs no key, so there is none.
      for (const block of ['move', 'move-rest']) {
        const printed = await runBlock(block, { REDIS_URL: redis.url, DATABASE_URL });
        expect(printed).toContain('Verified: every session of the source is in the destination.');
      }
      expect((await storedTokens(DATABASE_URL)).sort()).toEqual(
        (await storedTokens(redis.url)).sort(),
      );
      const ids = sessions.map(({ id }) => id);
      expect(await loadSessions(DATABASE_URL, oldKey, ids)).toEqual(sessions);
    } finally {
      await dropPostgresDatabase(DATABASE_URL);
      await redis.stop();
    }
  },
);

test.skipIf(postgresServer === undefined)(
  'the documented catalog serves status and rotate over the official PostgreSQL storage',
  async () => {
    const DATABASE_URL = await createPostgresDatabase(String(postgresServer));
    const inner = new PostgreSQLSessionStorage(DATABASE_URL);
    try {
      const session = offlineSession('flowers.myshopify.com');
      const newKey = keyOf('2026-11');
      const keyring = Keyring.parse(oldKey);
      await new EncryptedSessionStorage(inner, { keyring, mode: 'strict' }).storeSession(session);
      const { code } = codeBlock('session-catalog');
      await writeFile(join(place.app, 'session-catalog.mjs'), code);
      const SESSION_ENCRYPTION_KEYS = `${newKey},${oldKey}`;
      await runBlock('catalog', { DATABASE_URL, SESSION_ENCRYPTION_KEYS });
      const stored = await inner.loadSession(session.id);
      expect(decodeProtectedHeader(String(stored?.accessToken)).kid).toBe('2026-11');
    } finally {
      await inner.disconnect();
      await dropPostgresDatabase(DATABASE_URL);
    }
  },
);
