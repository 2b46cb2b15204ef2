// Two copies of the package in one process, as where a bundled module has one beside the app's own: each has
// its own classes, and knows the errors of the other.
import { describe, expect, test, vi } from 'vitest';
import * as api from '../../src/index.js';
import { MapCatalog } from '../reencryption/map-catalog.js';
import { bothRing, offlineSession, storeOnOldKey } from '../reencryption/scene.js';

const here = { ...api };
vi.resetModules();
const there: typeof api = await import('../../src/index.js');

const classes = Object.keys(here).filter(
  (name) => name.endsWith('Error') && name !== 'SessionEncryptionError',
) as ('KeyUnknownError' | 'TokenUnreadableError' | 'RecordUnreadableError')[];

test('there are two copies', () => {
  expect(there.KeyUnknownError).not.toBe(here.KeyUnknownError);
  expect(classes.length).toBeGreaterThan(10);
});

describe.each(classes)('%s of another copy', (name) => {
  const error: unknown = new there[name]('message');

  test('is one of this copy, and of its base class', () => {
    expect(error).toBeInstanceOf(here[name]);
    expect(error).toBeInstanceOf(here.SessionEncryptionError);
  });

  test('is not one of another class', () => {
    expect(classes.filter((other) => error instanceof here[other])).toEqual([name]);
  });
});

test('an error of another package is none of ours, whatever its code', () => {
  const error = Object.assign(new Error('message'), { code: 'ERR_KEY_UNKNOWN' });
  for (const value of [error, { ...error }, null, undefined, 'ERR_KEY_UNKNOWN']) {
    expect(value).not.toBeInstanceOf(here.KeyUnknownError);
    expect(value).not.toBeInstanceOf(here.SessionEncryptionError);
  }
});

test("a subclass of the app's takes no error that it did not make", () => {
  class LostKeyError extends here.KeyUnknownError {}
  expect(new LostKeyError('')).toBeInstanceOf(LostKeyError);
  expect(new LostKeyError('')).toBeInstanceOf(there.KeyUnknownError);
  expect(new here.KeyUnknownError('')).not.toBeInstanceOf(LostKeyError);
  expect(new there.KeyUnknownError('')).not.toBeInstanceOf(LostKeyError);
});

/** A catalog of the other copy, with a record at its end that is not a session. */
class DamagedCatalog extends MapCatalog {
  override async *sessions() {
    yield* super.sessions();
    throw new there.RecordUnreadableError('Session b: not a record.', { sessionId: 'b' }, 3);
  }
}

describe('a run over a catalog of another copy', () => {
  test('counts what cannot be read, and goes on', async () => {
    const { records } = await storeOnOldKey(2);
    const catalog = new DamagedCatalog();
    for (const [id, text] of records) catalog.records.set(id, text);
    const report = await here.reencryptSessions(catalog, { keyring: bothRing });
    expect(report).toMatchObject({ scanned: 5, reencrypted: 2, unreadable: 3 });
    expect(report.findings).toMatchObject([{ sessionId: 'b', code: 'ERR_RECORD_UNREADABLE' }]);
  });

  test('counts what is refused as it is written', async () => {
    const catalog = await storeOnOldKey(2);
    const replace = catalog.replaceSession.bind(catalog);
    const { id } = offlineSession(1);
    catalog.replaceSession = async (current, next) => {
      if (next.id === id) throw new there.ValueTooLongError('Too long.', { sessionId: id });
      return replace(current, next);
    };
    const report = await here.reencryptSessions(catalog, { keyring: bothRing });
    expect(report).toMatchObject({ scanned: 2, reencrypted: 1, doesNotFit: 1 });
  });

  test('ends with its error as it is, and the remedy in it', async () => {
    const message =
      'Sessions: the session store failed (ECONNREFUSED). See host "db" and its port.';
    const failure = new there.StoreUnavailableError(message);
    const catalog = new MapCatalog();
    catalog.sessions = async function* () {
      yield offlineSession(1);
      throw failure;
    };
    const run = here.reencryptSessions(catalog, { keyring: bothRing, dryRun: true });
    await expect(run).rejects.toMatchObject({
      message: expect.stringContaining(message),
      cause: failure,
    });
  });

  test('copies what can be copied', async () => {
    const catalog = new DamagedCatalog();
    await catalog.storeSession(offlineSession(1));
    const report = await here.copySessions(catalog, new MapCatalog());
    expect(report).toMatchObject({ scanned: 4, copied: 1, refused: 3 });
  });
});

describe('a key ring of another copy', () => {
  const keyring = there.Keyring.generate() as api.Keyring;
  const message = expect.stringMatching(
    /another copy of shopify-app-session-storage-encrypted, .*npm ls/,
  );
  const refused = { code: 'ERR_OPTION_INVALID', message };

  test('is refused with what to do: its keys cannot be reached', async () => {
    const store = new MapCatalog();
    expect(() => new here.EncryptedSessionStorage(store, { keyring })).toThrow(
      expect.objectContaining(refused),
    );
    await expect(here.reencryptSessions(store, { keyring })).rejects.toMatchObject(refused);
    await expect(here.inspectToken('token', keyring)).rejects.toMatchObject(refused);
  });
});

test('a wrapper of another copy is not wrapped again', () => {
  const wrapper = new there.EncryptedSessionStorage(new MapCatalog(), {
    keyring: there.Keyring.generate(),
  });
  expect(() => new here.EncryptedSessionStorage(wrapper, { keyring: bothRing })).toThrow(
    'wrap a storage once',
  );
});
