// The commands of the runbooks do what the documents say, run as they stand there.
import { randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { PostgreSQLSessionStorage } from '@shopify/shopify-app-session-storage-postgresql';
import { decodeProtectedHeader } from 'jose';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  EncryptedSessionStorage,
  Keyring,
  type SessionEncryptionMode,
  type SessionLike,
} from '../../src/index.js';
import { openSessionStorage } from '../../src/open/index.js';
import {
  createPostgresDatabase,
  dropPostgresDatabase,
} from '../conformance/backends/postgres-database.js';
import { offlineSession } from '../conformance/sessions.js';
import { canStartRedis, startRedis } from '../servers/redis.js';
import { sharedServer } from '../servers/shared.js';
import { createAppFolder } from './app-folder.js';
import { codeBlock } from './documents.js';
import { run } from './run-program.js';

/** A session as shopify-api makes them, as far as these tests look at one. */
class StoredSession implements SessionLike {
  readonly id: string;
  shop: string;
  isOnline = false;
  state = '';
  accessToken?: string;
  refreshToken?: string;

  constructor(properties: { readonly shop: string }) {
    this.id = `offline_${properties.shop}`;
    this.shop = properties.shop;
    Object.assign(this, properties);
  }
}

const oldKey = `2026-05:${randomBytes(32).toString('base64url')}`;
const postgresServer = sharedServer('postgres');
let app: string;
let folder: string;

beforeAll(async () => {
  app = await createAppFolder('runbook');
  folder = await mkdtemp(join(tmpdir(), 'runbook-'));
  // Finds what npx finds there, and takes none of its time.
  const program = `#!/bin/sh\nprogram="$1"\nshift\nexec node_modules/.bin/"$program" "$@"\n`;
  await writeFile(join(folder, 'npx'), program, { mode: 0o755 });
});

afterAll(() => rm(folder, { recursive: true, force: true }));

const open = (url: string) => openSessionStorage(url, { Session: StoredSession });

/** Stores a session for each of three shops, as an app with these keys does. */
async function storeSessions(
  url: string,
  keys: string,
  mode: SessionEncryptionMode = 'strict',
): Promise<StoredSession[]> {
  const inner = open(url);
  const storage = new EncryptedSessionStorage(inner, { keyring: Keyring.parse(keys), mode });
  const sessions = ['flowers', 'books', 'tea'].map((name) => {
    const session = new StoredSession({ shop: `${name}.myshopify.com` });
    session.accessToken = `shpat_${randomBytes(16).toString('hex')}`;
    session.refreshToken = `shprt_${randomBytes(16).toString('hex')}`;
    return session;
  });
  for (const session of sessions) await storage.storeSession(session);
  await inner.disconnect();
  return sessions;
}

/** The sessions as an app with these keys loads them. */
async function loadSessions(url: string, keys: string, ids: readonly string[]): Promise<unknown[]> {
  const inner = open(url);
  const keyring = Keyring.parse(keys);
  const storage = new EncryptedSessionStorage(inner, { keyring, mode: 'strict' });
  const sessions: unknown[] = [];
  for (const id of ids) sessions.push(await storage.loadSession(id));
  await inner.disconnect();
  return sessions;
}

/** Every token that is stored, as it is stored. */
async function storedTokens(url: string): Promise<string[]> {
  const storage = open(url);
  const tokens: string[] = [];
  for await (const { accessToken = '', refreshToken = '' } of storage.sessions()) {
    tokens.push(accessToken, refreshToken);
  }
  await storage.disconnect();
  return tokens;
}

/** Runs a block of the documents in the app's folder; answers what it printed. */
async function runBlock(name: string, env: NodeJS.ProcessEnv): Promise<string> {
  const { code } = codeBlock(name);
  const ended = await run('bash', ['-euo', 'pipefail', '-c', code], {
    cwd: app,
    env: { PATH: `${folder}:${process.env.PATH}`, ...env },
  });
  expect(ended.code, `${ended.stdout}${ended.stderr}`).toBe(0);
  return ended.stdout;
}

test('npx finds the program in the folder of an app that has the package', async () => {
  const ended = await run('npx', ['--no', 'shopify-app-session-storage-encrypted', '--version'], {
    cwd: app,
    env: { PATH: process.env.PATH, HOME: folder },
  });
  expect(ended).toMatchObject({ code: 0, stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/) });
});

test('rotating keys in the environment brings every token to the new key, and ends without the old one', async () => {
  const SESSION_STORE_URL = `sqlite:${join(folder, 'rotation-env.db')}`;
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
  const SESSION_STORE_URL = `sqlite:${join(folder, 'rotation-file.db')}`;
  const sessions = await storeSessions(SESSION_STORE_URL, oldKey);
  const file = join(folder, 'keys');
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
  await rm(join(app, '.env'), { force: true });
  await runBlock('keygen-env-file', {});
  const variables = parseEnv(await readFile(join(app, '.env'), 'utf8'));
  await rm(join(app, '.env'));
  expect(Keyring.parse(String(variables.SESSION_ENCRYPTION_KEYS)).kids).toHaveLength(1);
});

/** The line that keygen prints for each stage, but the commands of this package. */
function stagesIn(printed: string): Map<number, string> {
  const stages = new Map<number, string>();
  let stage = 0;
  for (const line of printed.trim().split('\n')) {
    const title = /^# (\d)\. /.exec(line);
    if (title !== null) stage = Number(title[1]);
    else if (!line.startsWith('npx ')) stages.set(stage, line);
  }
  return stages;
}

/** Runs a line of keygen in a new shell; answers the ring in the environment then. */
async function runLine(line: string | undefined, env: NodeJS.ProcessEnv): Promise<string> {
  const script = `${line}\ncode=$?\nprintf '%s' "\${SESSION_ENCRYPTION_KEYS-}"\nexit $code`;
  const options = { cwd: app, env: { PATH: process.env.PATH, ...env } };
  const ended = await run('sh', ['-c', script], options);
  expect(ended.code, ended.stderr).toBe(0);
  return ended.stdout;
}

test('adopting seals what an app without encryption stored', async () => {
  const SESSION_STORE_URL = `sqlite:${join(folder, 'adopt.db')}`;
  const sessions = await storeSessions(SESSION_STORE_URL, oldKey, 'rollback');
  const tokens = await storedTokens(SESSION_STORE_URL);
  expect(tokens).toContain(sessions[0]?.accessToken);
  await runBlock('adopt', { SESSION_STORE_URL, SESSION_ENCRYPTION_KEYS: oldKey });
  const ids = sessions.map(({ id }) => id);
  expect(await loadSessions(SESSION_STORE_URL, oldKey, ids)).toEqual(sessions);
  expect(await storedTokens(SESSION_STORE_URL)).not.toContain(sessions[0]?.accessToken);
});

test('a leaked key: the list names every session that it has sealed, and no other', async () => {
  const SESSION_STORE_URL = `sqlite:${join(folder, 'leaked-key.db')}`;
  const sessions = await storeSessions(SESSION_STORE_URL, oldKey);
  const csv = await runBlock('leaked-key', { SESSION_STORE_URL, SESSION_ENCRYPTION_KEYS: oldKey });
  for (const { shop } of sessions) expect(csv).toContain(shop);
  expect(csv.trim().split(/\r?\n/)).toHaveLength(1 + sessions.length);
});

test('a lost key: what it sealed is removed, and what other keys sealed stays', async () => {
  const SESSION_STORE_URL = `sqlite:${join(folder, 'lost-key.db')}`;
  await storeSessions(SESSION_STORE_URL, oldKey);
  const newKey = `2026-11:${randomBytes(32).toString('base64url')}`;
  const inner = open(SESSION_STORE_URL);
  const healed = new StoredSession({ shop: 'tea.myshopify.com' });
  healed.accessToken = 'shpat_new';
  const keyring = Keyring.parse(newKey);
  await new EncryptedSessionStorage(inner, { keyring, mode: 'strict' }).storeSession(healed);
  await inner.disconnect();
  await runBlock('lost-key', { SESSION_STORE_URL, SESSION_ENCRYPTION_KEYS: newKey });
  const tokens = (await storedTokens(SESSION_STORE_URL)).filter((token) => token !== '');
  expect(tokens.map((token) => decodeProtectedHeader(token).kid)).toEqual(['2026-11']);
});

test('backing out leaves every token as plaintext, for the app without the wrapper', async () => {
  const SESSION_STORE_URL = `sqlite:${join(folder, 'back-out.db')}`;
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
      const printed = await runBlock('move', { REDIS_URL: redis.url, DATABASE_URL });
      expect(printed).toContain('Verified: every session of the source is in the destination.');
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
      const newKey = `2026-11:${randomBytes(32).toString('base64url')}`;
      const keyring = Keyring.parse(oldKey);
      await new EncryptedSessionStorage(inner, { keyring, mode: 'strict' }).storeSession(session);
      const { code } = codeBlock('session-catalog');
      await writeFile(join(app, 'session-catalog.mjs'), code);
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
