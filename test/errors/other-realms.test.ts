// Under Jest, and in Vitest's `vmThreads`, the errors of Node.js itself are of another realm: their class
// is not the `Error` that is seen here. Dates may be so too, as those of `structuredClone`.
import fs from 'node:fs';
import { runInNewContext } from 'node:vm';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { columnValue, sameValue } from '../../src/catalogs/sql/session-row.js';
import { isDate, isError } from '../../src/foreign-object.js';
import { Keyring } from '../../src/index.js';
import { openSessionStorage } from '../../src/open/index.js';
import { safeCause } from '../../src/safe-cause.js';
import { isSameSession } from '../../src/same-session.js';
import {
  hadNoEffect,
  isLostConnection,
  noteMaybeRun,
  noteUnsent,
} from '../../src/store-access/driver-errors.js';
import { StoreAccess } from '../../src/store-access/index.js';

const foreignError = (message: string, members: object = {}): unknown =>
  Object.assign(runInNewContext(`new TypeError(${JSON.stringify(message)})`), members);
const foreignDate = (time: number): Date => runInNewContext(`new Date(${time})`);
const reset = () => foreignError('read ECONNRESET', { code: 'ECONNRESET' });

afterEach(() => void vi.restoreAllMocks());

test('an error is one of whatever realm', () => {
  expect(foreignError('')).not.toBeInstanceOf(Error);
  const errors = [foreignError(''), new RangeError(), AbortSignal.abort().reason];
  expect(errors.map(isError)).toEqual([true, true, true]);
  expect([{ message: '' }, 'Error', null, undefined].some(isError)).toBe(false);
});

test('a date is one of whatever realm', () => {
  expect(foreignDate(0)).not.toBeInstanceOf(Date);
  expect([foreignDate(0), foreignDate(Number.NaN), new Date()].map(isDate)).toEqual([
    true,
    true,
    true,
  ]);
  expect([{ getTime() {} }, 0, '1970-01-01', null].some(isDate)).toBe(false);
});

test('a key file that is not there is said to be so', () => {
  vi.spyOn(fs, 'statSync').mockImplementation(() => {
    throw foreignError('ENOENT: no such file or directory', { code: 'ENOENT' });
  });
  expect(() => Keyring.fromFile('/nowhere/keys')).toThrow(/\(ENOENT\): there is no such file/);
});

test('a cause keeps its words, its code and its own cause', () => {
  const cause = safeCause(
    foreignError('connect ECONNREFUSED', { code: 'ECONNREFUSED', cause: reset() }),
  );
  expect(cause).toMatchObject({
    name: 'TypeError',
    message: 'connect ECONNREFUSED',
    code: 'ECONNREFUSED',
    cause: { message: 'read ECONNRESET' },
  });
});

describe('what a driver throws', () => {
  test('as a connection is opened is not taken for one that was lost', () => {
    const error = reset();
    expect([isLostConnection(error), hadNoEffect(error)]).toEqual([true, false]);
    noteUnsent(error);
    expect([isLostConnection(error), hadNoEffect(error)]).toEqual([false, true]);
  });

  test('after it may have sent a statement twice does not show that it had no effect', () => {
    const error = foreignError('connect ECONNREFUSED', { code: 'ECONNREFUSED' });
    noteMaybeRun(error);
    expect(hadNoEffect(error)).toBe(false);
  });

  test('is explained by the event before it', async () => {
    const access = new StoreAccess('the test store', 200);
    const failed = access.run({}, () => {
      access.noteEvent(foreignError('connect ECONNREFUSED', { code: 'ECONNREFUSED' }));
      return Promise.reject(
        foreignError('The client is closed', { cause: foreignError('closed') }),
      );
    });
    await expect(failed).rejects.toMatchObject({
      cause: { cause: { message: 'closed', cause: { code: 'ECONNREFUSED' } } },
    });
  });
});

describe('a session with dates of another realm', () => {
  const session = { id: 'a', shop: 'a.myshopify.com', isOnline: false };
  const sessionStorage = openSessionStorage('memory:');

  test('is refused if one is invalid, as it would be stored without it', async () => {
    const invalid = { ...session, renewedAt: foreignDate(Number.NaN) };
    await expect(sessionStorage.storeSession(invalid as never)).rejects.toMatchObject({
      code: 'ERR_SESSION_INVALID',
      field: 'renewedAt',
    });
  });

  test('is written into a column', () => {
    const format = { refreshTokenExpires: 'date', flag: 'number', userId: 'number' } as const;
    const column = { name: 'expires', kind: 'date' } as const;
    const expires = foreignDate(5_000);
    expect(columnValue(column, { ...session, expires }, { ...format, expires: 'seconds' })).toBe(5);
    expect(sameValue(expires, new Date(5_000))).toBe(true);
  });

  test('is the same as one with the same dates', () => {
    const [one, other] = [foreignDate(1_000_000_000_900), foreignDate(1_000_000_001_100)];
    expect(isSameSession({ ...session, expires: one }, { ...session, expires: other })).toBe(true);
    const later = foreignDate(1_000_000_002_000);
    expect(isSameSession({ ...session, expires: one }, { ...session, expires: later })).toBe(false);
  });
});
