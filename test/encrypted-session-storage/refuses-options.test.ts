import { runInNewContext } from 'node:vm';
import KeyvRedis from '@keyv/redis';
import { Keyv } from 'keyv';
import pg from 'pg';
import { createClient } from 'redis';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { EncryptedSessionStorage, OptionInvalidError } from '../../src/index.js';
import { KeepingStorage, keyring, newKey, offlineSession } from './subject.js';

function refusal(make: () => unknown): OptionInvalidError {
  try {
    make();
  } catch (error) {
    if (error instanceof OptionInvalidError) return error;
    throw error;
  }
  throw new Error('it was accepted');
}

const withOptions = (options: object) => () =>
  new EncryptedSessionStorage(new KeepingStorage(), { keyring, ...options });

describe('what is neither a session storage nor a Keyv', () => {
  test.each([
    [undefined, 'undefined'],
    [null, 'null'],
    [
      'redis://:secret@localhost',
      'a URL; write openSessionStorage(url), from shopify-app-session-storage-encrypted/open',
    ],
    [
      'mysql://:secret@localhost',
      'a URL; write openSessionStorage(url), from shopify-app-session-storage-encrypted/open',
    ],
    [
      'mongodb://:secret@localhost',
      'a URL of MongoDB; wrap new MongoDBSessionStorage(…), from @shopify/shopify-app-session-storage-mongodb',
    ],
    [
      'file:secret.db',
      'the name of a file; write openSessionStorage with a URL such as sqlite:sessions.db, from shopify-app-session-storage-encrypted/open',
    ],
    ['secret', 'a text'],
    [{}, 'an object'],
    [new Map(), 'an object of class Map, as an adapter of Keyv; wrap new Keyv(…) around it'],
    [
      new KeyvRedis('redis://:secret@localhost'),
      'an object of class KeyvRedis, as an adapter of Keyv; wrap new Keyv(…) around it',
    ],
    [
      KeepingStorage,
      'the class KeepingStorage, not an instance of it; write new KeepingStorage(…)',
    ],
    [Keyv, 'the class Keyv, not an instance of it; write new Keyv(…)'],
    [Promise.resolve(new KeepingStorage()), 'a promise; await it first'],
    [
      new pg.Pool(),
      'a client of pg; wrap new PostgreSQLSessionStorage(…), made with it or its URL',
    ],
    [createClient(), 'a Redis client; wrap new RedisSessionStorage(…), made with it or its URL'],
    [{ loadSession() {}, storeSession() {} }, 'an object'],
  ])('%#: what is $1 is refused, and only its type is told', (inner, type) => {
    const error = refusal(() => new EncryptedSessionStorage(inner as never, { keyring }));
    expect(error.code).toBe('ERR_OPTION_INVALID');
    expect(error.message).toMatch(/session storage .* or a Keyv/);
    expect(error.message).toContain(`given ${type}.`);
    expect(error.message).not.toContain('secret');
  });

  test('another EncryptedSessionStorage is refused: its plaintext would be no plaintext to us', () => {
    const inner = withOptions({})();
    expect(refusal(() => new EncryptedSessionStorage(inner, { keyring })).message).toMatch(/once/);
  });
});

describe('an invalid option is refused', () => {
  test.each([
    [{ mode: 'Strict' }, /^mode must be 'strict' or 'migrate' or 'rollback', but is "Strict"/],
    [{ mode: true }, /^mode must be .* a boolean/],
    [{ userInfo: 'yes' }, /^userInfo must be true or false/],
    [{ unreadable: 'ignore' }, /^unreadable must be 'throw' or 'forget', but is other text/],
    [{ keyRing: keyring }, /no option "keyRing".*keyring, mode, userInfo, unreadable, observer/],
    [{ observer: () => {} }, /^observer must be an object/],
    [{ observer: null }, /^observer must be an object/],
    [{ observer: { opened: 'console' } }, /^observer\.opened must be a function/],
    [{ observer: { onSealed: () => {} } }, /observer has none of the callbacks/],
  ])('%j', (options, message) => {
    expect(refusal(withOptions(options)).message).toMatch(message);
  });

  test('a key in the place of the key ring is refused and not repeated', () => {
    for (const value of [newKey, { kty: 'oct', k: newKey }, null]) {
      const { message } = refusal(withOptions({ keyring: value }));
      expect(message).toMatch(/^keyring must be a Keyring/);
      expect(message).not.toContain(newKey.slice(8, 20));
    }
  });

  test.each([
    ['an array', []],
    ['a Map', new Map([['mode', 'migrate']])],
    ['a WeakMap', new WeakMap()],
    ['a URLSearchParams', new URLSearchParams('mode=migrate')],
    ['a key ring', keyring],
    ['a Promise of options', Promise.resolve({ keyring })],
    ['a function', Object.assign(() => {}, { keyring })],
  ])('options that are %s', (_, options) => {
    const make = () => new EncryptedSessionStorage(new KeepingStorage(), options as never);
    expect(refusal(make).message).toMatch(/must be an object with options, but are a/);
  });

  test('options of a class, from another realm, without a prototype or behind a proxy are read', async () => {
    class Options {
      readonly keyring = keyring;
      get mode() {
        return 'rollback';
      }
    }
    const fromElsewhere = runInNewContext('(keyring) => ({ keyring, mode: "rollback" })')(keyring);
    const without = Object.assign(Object.create(null), { keyring, mode: 'rollback' });
    for (const options of [new Options(), fromElsewhere, without, new Proxy(without, {})]) {
      const storage = new EncryptedSessionStorage(new KeepingStorage(), options);
      await storage.storeSession(offlineSession());
      expect(storage.inner.row(offlineSession().id).accessToken).toMatch(/^shpat_/);
    }
  });

  test('options that are not an object', () => {
    const make = () => new EncryptedSessionStorage(new KeepingStorage(), keyring.primary as never);
    expect(refusal(make).message).toMatch(/must be an object/);
  });

  test('undefined stands for the default, as with every option', () => {
    const options = {
      mode: undefined,
      userInfo: undefined,
      unreadable: undefined,
      observer: undefined,
    };
    expect(withOptions(options)).not.toThrow();
  });
});

describe('the environment', () => {
  afterEach(() => vi.unstubAllEnvs());

  test('an unknown SESSION_ENCRYPTION_MODE is refused by name', () => {
    vi.stubEnv('SESSION_ENCRYPTION_MODE', 'foo');
    expect(refusal(withOptions({})).message).toMatch(/^SESSION_ENCRYPTION_MODE must be /);
  });

  test('an empty SESSION_ENCRYPTION_MODE is one that is not set', () => {
    vi.stubEnv('SESSION_ENCRYPTION_MODE', '');
    expect(withOptions({})).not.toThrow();
  });

  test('without the option, the key ring is that of the environment', async () => {
    vi.stubEnv('SESSION_ENCRYPTION_KEYS', newKey);
    expect(() => new EncryptedSessionStorage(new KeepingStorage())).not.toThrow();
  });

  test('without the option and without keys in the environment, nothing is made', () => {
    vi.stubEnv('SESSION_ENCRYPTION_KEYS', undefined);
    vi.stubEnv('SESSION_ENCRYPTION_KEYS_FILE', undefined);
    expect(() => new EncryptedSessionStorage(new KeepingStorage())).toThrow(
      expect.objectContaining({ code: 'ERR_KEYRING_INVALID' }),
    );
  });
});
