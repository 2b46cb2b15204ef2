import { describe, expect, expectTypeOf, test } from 'vitest';
import * as api from '../../src/index.js';
import {
  type AnySessionEncryptionError,
  KeyUnknownError,
  SessionEncryptionError,
  type SessionEncryptionErrorCode,
  StoreUnavailableError,
  type ValueTooLongError,
} from '../../src/index.js';

/** Every error class that the package exports, by name. */
const classes = Object.entries(api).filter(
  ([name]) => name.endsWith('Error') && name !== 'SessionEncryptionError',
) as [string, (new (message: string) => AnySessionEncryptionError) & { readonly code: string }][];

describe.each(classes)('%s', (name, ErrorClass) => {
  test('has the same code on the class and on its errors, named after the class', () => {
    const error = new ErrorClass('message');
    expect(error.code).toBe(ErrorClass.code);
    const words = name.replace(/Error$/, '').replace(/(?!^)[A-Z]/g, '_$&');
    expect(error.code).toBe(`ERR_${words.toUpperCase()}`);
    expect(error).toBeInstanceOf(SessionEncryptionError);
    expect(error).toBeInstanceOf(Error);
    expect(error.name).toBe(name);
  });
});

test('no two errors share a code', () => {
  expect(classes.length).toBeGreaterThan(10);
  expect(new Set(classes.map(([, { code }]) => code)).size).toBe(classes.length);
});

/** What to do about an error, as an app decides it. */
function remedyFor(error: unknown): string {
  if (!(error instanceof SessionEncryptionError)) return 'none';
  expectTypeOf(error).toEqualTypeOf<AnySessionEncryptionError>();
  switch (error.code) {
    case 'ERR_KEY_UNKNOWN':
      expectTypeOf(error).toEqualTypeOf<KeyUnknownError>();
      return `add key ${error.kid}`;
    case StoreUnavailableError.code:
      return error.mayHaveTakenEffect ? 'read' : 'store again';
    case 'ERR_VALUE_TOO_LONG':
      expectTypeOf(error).toEqualTypeOf<ValueTooLongError>();
      return error.limits[0]?.remedy ?? 'widen';
    default:
      return 'look';
  }
}

test('instanceof and a switch over the code narrow to the class', () => {
  expectTypeOf<AnySessionEncryptionError['code']>().toEqualTypeOf<SessionEncryptionErrorCode>();
  expectTypeOf<typeof KeyUnknownError.code>().toEqualTypeOf<'ERR_KEY_UNKNOWN'>();
  expect(remedyFor(new KeyUnknownError('', { kid: '2026-11' }))).toBe('add key 2026-11');
  expect(remedyFor(new StoreUnavailableError('', { mayHaveTakenEffect: true }))).toBe('read');
  expect(remedyFor(new Error('other'))).toBe('none');
});
