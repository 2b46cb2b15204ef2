// Secrets in every wrong place of the library: no error that is thrown holds them.
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Keyv } from 'keyv';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as library from '../../src/index.js';
import { openSessionStorage } from '../../src/open/index.js';
import { expectNoTrace, type Secret, secrets } from './secrets.js';

const folder = mkdtempSync(join(tmpdir(), 'canary-'));
const before = process.cwd();
// What is opened by a relative path is made there.
beforeAll(() => process.chdir(folder));
afterAll(() => {
  process.chdir(before);
  rmSync(folder, { recursive: true });
});

const keyring = library.Keyring.generate('present');
const storage = () => ({
  storeSession: async () => true,
  loadSession: async () => undefined,
  deleteSession: async () => true,
});
const session = { id: 'a', shop: 'a.myshopify.com', isOnline: false, accessToken: 'token' };

/** A catalog whose calls fail as a driver does. */
function failingCatalog(text: string) {
  const failure = () =>
    Object.assign(new Error(`Duplicate entry '${text}' for key 'PRIMARY'`), {
      code: 'ER_DUP_ENTRY',
      sql: text,
      parameters: [text],
      cause: Object.assign(new Error(`connect to redis://a:${text}@h failed`), { input: text }),
    });
  const rejected = async () => Promise.reject(failure());
  return {
    async *sessions(): AsyncGenerator<typeof session> {
      yield session;
      throw failure();
    },
    replaceSession: rejected,
    loadSession: rejected,
  };
}

/** What is tried: given a secret, in every way in which a value can be wrong. */
type Attempt = (value: never) => unknown;

const { EncryptedSessionStorage, Keyring, KeyvSessionStorage } = library;
const inPlace: Readonly<Record<string, Attempt>> = {
  'EncryptedSessionStorage(value)': (value) => new EncryptedSessionStorage(value, { keyring }),
  'EncryptedSessionStorage(…, value)': (value) => new EncryptedSessionStorage(storage(), value),
  'KeyvSessionStorage(value)': (value) => new KeyvSessionStorage(value),
  'KeyvSessionStorage(…, value)': (value) => new KeyvSessionStorage(new Keyv() as never, value),
  'openSessionStorage(…, value)': (value) => openSessionStorage('memory:', value),
  'openSessionStorage(value)': async (value) => {
    const opened = openSessionStorage(value, { Session: Object as never });
    try {
      await opened.loadSession('a');
    } finally {
      await opened.disconnect();
    }
  },
  'Keyring.parse': (value) => Keyring.parse(value),
  'Keyring.fromSource': (value) => Keyring.fromSource(value),
  'Keyring.fromSource of keys': (value) => Keyring.fromSource(() => value),
  'Keyring.fromSource that fails': (value) =>
    Keyring.fromSource(() => {
      throw Object.assign(new Error(`no secret '${String(value)}'`), { value });
    }),
  'Keyring.fromJwks': (value) => Keyring.fromJwks(value),
  'Keyring.fromJwks of keys': (value) => Keyring.fromJwks({ keys: [value] }),
  'Keyring.fromFile': (value) => Keyring.fromFile(value),
  'Keyring.fromFile(…, value)': (value) => Keyring.fromFile(join(folder, 'none'), value),
  'Keyring.fromFile of content': (value) => {
    const path = join(folder, 'keys');
    writeFileSync(path, String(value));
    return Keyring.fromFile(path);
  },
  'Keyring.fromEnv of keys': (value) => Keyring.fromEnv({ SESSION_ENCRYPTION_KEYS: value }),
  'Keyring.fromEnv of a file': (value) => Keyring.fromEnv({ SESSION_ENCRYPTION_KEYS_FILE: value }),
  'Keyring.fingerprint': (value) => keyring.fingerprint(value),
  'generateKey of an algorithm': (value) => library.generateKey({ enc: value }),
  'reencryptSessions(value)': (value) => library.reencryptSessions(value, { keyring }),
  'reencryptSessions(…, value)': (value) =>
    library.reencryptSessions(failingCatalog('') as never, value),
  'reencryptSessions over a store that fails': (value) =>
    library.reencryptSessions(failingCatalog(String(value)) as never, {
      keyring,
      mode: 'migrate',
      allowNonAtomic: true,
    }),
  'copySessions(value)': (value) => library.copySessions(value, value),
  'copySessions(…, value)': (value) =>
    library.copySessions(failingCatalog('') as never, failingCatalog('') as never, value),
  'copySessions between stores that fail': (value) =>
    library.copySessions(
      failingCatalog(String(value)) as never,
      failingCatalog(String(value)) as never,
      { allowNonAtomic: true },
    ),
  'inspectToken(value)': (value) => library.inspectToken(value, keyring, undefined),
  'inspectToken of a field': (value) =>
    library.inspectToken('eyJhbGciOiJkaXIi', keyring, { sessionId: 'a', shop: 'b', field: value }),
  'inspectSession(value)': (value) =>
    library.inspectSession({ ...session, accessToken: value }, keyring),
  'sealedTokenLength(…, value)': (value) => library.sealedTokenLength(keyring, value),
};

/** The option names of what takes options, so that a value is tried in each. */
const withOptions: Readonly<Record<string, [names: readonly string[], make: Attempt]>> = {
  EncryptedSessionStorage: [
    ['keyring', 'mode', 'userInfo', 'unreadable', 'observer', 'openLegacy'],
    (options) => new EncryptedSessionStorage(storage(), { keyring, ...(options as object) }),
  ],
  KeyvSessionStorage: [
    ['Session', 'deadline', 'gracePeriod', 'prefix'],
    (options) => new KeyvSessionStorage(new Keyv() as never, options),
  ],
  openSessionStorage: [
    ['Session', 'deadline', 'gracePeriod', 'prefix', 'table', 'schema'],
    (options) => openSessionStorage('memory:', options),
  ],
  'Keyring.fromFile': [
    ['refreshInterval'],
    (options) => Keyring.fromFile(join(folder, 'none'), options),
  ],
  reencryptSessions: [
    ['keyring', 'mode', 'concurrency', 'batchSize', 'rate', 'shard', 'signal', 'onProgress'],
    (options) =>
      library.reencryptSessions(failingCatalog('') as never, { keyring, ...(options as object) }),
  ],
  copySessions: [
    ['update', 'concurrency', 'signal', 'onProgress'],
    (options) =>
      library.copySessions(failingCatalog('') as never, failingCatalog('') as never, options),
  ],
};

/** What an attempt throws, rejects with or answers. */
async function outcomeOf(attempt: () => unknown): Promise<unknown> {
  try {
    return await attempt();
  } catch (error) {
    return error;
  }
}

async function expectSilence(attempt: Attempt, value: unknown, secret: Secret): Promise<void> {
  const outcome = await outcomeOf(() => attempt(value as never));
  // What is accepted is kept where it belongs: only errors and reports are shown.
  if (outcome instanceof Error || isReport(outcome)) expectNoTrace(outcome, secret);
}

function isReport(value: unknown): boolean {
  return (
    typeof value === 'object' &&
    value !== null &&
    ('message' in value || 'scanned' in value || Array.isArray(value))
  );
}

describe.each(Object.entries(inPlace))('%s', (_, attempt) => {
  it.each(secrets)('given $form', async (secret) => {
    const { text } = secret;
    for (const value of [
      text,
      [text],
      { [text]: text },
      { value: text },
      new Map([[text, text]]),
      () => text,
      new URL('redis://h'),
    ]) {
      await expectSilence(attempt, value, secret);
    }
  });
});

describe.each(Object.entries(withOptions))('%s', (_, [names, make]) => {
  it.each(secrets)('with an option that is $form', async (secret) => {
    for (const name of names) {
      for (const value of [secret.text, [secret.text], { [secret.text]: secret.text }]) {
        await expectSilence(make, { [name]: value }, secret);
      }
    }
    await expectSilence(make, { [secret.text]: true }, secret);
  });
});

const catalogs = new URL('../../src/catalogs/', import.meta.url);
const entries = readdirSync(catalogs, { withFileTypes: true })
  .filter(
    (entry) =>
      entry.isDirectory() && readdirSync(new URL(entry.name, catalogs)).includes('index.ts'),
  )
  .map(({ name }) => name);

/** A client that has whatever method is looked for, and fails as a driver does. */
function failingClient(text: string): object {
  return new Proxy(() => {}, {
    get: (_target, name) =>
      name === 'then' || typeof name === 'symbol' ? undefined : failingClient(text),
    apply() {
      const parts = { sql: text, parameters: [text] };
      const failure = Promise.reject(
        Object.assign(new Error(`syntax error at or near '${text}'`), parts),
      );
      failure.catch(() => {}); // not every call is awaited: `on` is one
      return failure;
    },
  });
}

describe.each(entries)('the entry %s', (entry) => {
  it.each(secrets)('given $form', async (secret) => {
    const exported = (await import(new URL(`${entry}/index.ts`, catalogs).href)) as Record<
      string,
      unknown
    >;
    const functions = Object.entries(exported).filter(
      ([name, value]) => typeof value === 'function' && name.endsWith('Catalog'),
    );
    expect(functions).not.toEqual([]);
    for (const [, make] of functions) {
      const call = make as (...values: unknown[]) => unknown;
      await expectSilence((value) => call(value), secret.text, secret);
      await expectSilence((value) => call({ [secret.text]: value }), secret.text, secret);
      for (const option of [
        'deadline',
        'sessionTableName',
        'keyPrefix',
        'sessionKeyPrefix',
        secret.text,
      ]) {
        await expectSilence(
          (value) => call(failingClient(''), { [option]: value }),
          { [secret.text]: 1 },
          secret,
        );
        await expectSilence(
          (value) => call(failingClient(''), { [option]: value }),
          [secret.text],
          secret,
        );
      }
      await expectSilence(
        async () => {
          const catalog = call(failingClient(secret.text), { deadline: 200 }) as {
            sessions(): AsyncIterable<unknown>;
          };
          for await (const _ of catalog.sessions()) break;
        },
        undefined,
        secret,
      );
      await expectSilence(
        async () => {
          const catalog = call(failingClient(secret.text), { deadline: 200 }) as {
            replaceSession(current: unknown, next: unknown): unknown;
          };
          await catalog.replaceSession(undefined, session);
        },
        undefined,
        secret,
      );
    }
  });
});
