// The commands of the runbooks do what the documents say, run as they stand there.
import { randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
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
  const ring = join(folder, `${name}.ring`);
  const { code } = codeBlock(name);
  const script = `${code}\nprintf '%s' "\${SESSION_ENCRYPTION_KEYS-}" > '${ring}'\n`;
  const ended = await run('bash', ['-euo', 'pipefail', '-c', script], {
    cwd: app,
    env: { PATH: `${folder}:${process.env.PATH}`, ...env },
  });
  expect(ended.code, `${ended.stdout}${ended.stderr}`).toBe(0);
  return ended.stdout;
}

const ringAfter = (name: string) => readFile(join(folder, `${name}.ring`), 'utf8');

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
  const printed = await runBlock('rotation-env', {
    SESSION_STORE_URL,
    SESSION_ENCRYPTION_KEYS: oldKey,
  });
  const ring = await ringAfter('rotation-env');
  expect(ring).toMatch(/^2026-11:[\w-]{43}$/);
  const tokens = await storedTokens(SESSION_STORE_URL);
  expect(tokens.map((token) => decodeProtectedHeader(token).kid)).toEqual(Array(6).fill('2026-11'));
  const ids = sessions.map(({ id }) => id);
  expect(await loadSessions(SESSION_STORE_URL, ring, ids)).toEqual(sessions);
  expect(printed).toMatch(/2026-05 .*can be removed\n/);
});

test('rotating keys in a mounted file does the same', async () => {
  const SESSION_STORE_URL = `sqlite:${join(folder, 'rotation-file.db')}`;
  const sessions = await storeSessions(SESSION_STORE_URL, oldKey);
  const file = join(folder, 'keys');
  await writeFile(file, `${oldKey}\n`);
  const printed = await runBlock('rotation-file', {
    SESSION_STORE_URL,
    SESSION_ENCRYPTION_KEYS_FILE: file,
  });
  const ring = await readFile(file, 'utf8');
  expect(ring).toMatch(/^2026-11:[\w-]{43}\n$/);
  const ids = sessions.map(({ id }) => id);
  expect(await loadSessions(SESSION_STORE_URL, ring, ids)).toEqual(sessions);
  expect(printed).toMatch(/2026-05 .*can be removed\n/);
});

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
