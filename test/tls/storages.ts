// What a storage does over TLS, and how its calls fail there.
import type { Session } from '@shopify/shopify-api';
import { expect, onTestFinished } from 'vitest';
import { StoreUnavailableError } from '../../src/index.js';
import { type OpenedSessionStorage, openSessionStorage } from '../../src/open/index.js';
import { offlineSession } from '../conformance/sessions.js';
import { password } from './tls-servers.js';

/** Ample for a busy machine: no call of these tests may come to it unless it says so. */
export const deadline = 10_000;

type Storage = Pick<
  OpenedSessionStorage<Session>,
  'storeSession' | 'loadSession' | 'findSessionsByShop' | 'deleteSession'
>;

/** Opens a store that is closed when the test is over. */
export function opened(store: string | object, limit = deadline): OpenedSessionStorage<Session> {
  const storage = openSessionStorage<Session>(store, { deadline: limit });
  onTestFinished(() => storage.disconnect());
  return storage;
}

export async function expectService(storage: Storage): Promise<void> {
  const shop = 'tls.myshopify.com';
  const session = offlineSession(shop);
  expect(await storage.storeSession(session)).toBe(true);
  expect((await storage.loadSession(session.id))?.accessToken).toBe(session.accessToken);
  expect((await storage.findSessionsByShop(shop)).map(({ id }) => id)).toEqual([session.id]);
  expect(await storage.deleteSession(session.id)).toBe(true);
  expect(await storage.loadSession(session.id)).toBeUndefined();
}

/** How a call fails, in all words of the error and its causes. */
export async function failureOf(storage: Storage): Promise<string> {
  const error = await storage.loadSession('offline_tls.myshopify.com').then(
    () => undefined,
    (failure: unknown) => failure,
  );
  expect(error).toBeInstanceOf(StoreUnavailableError);
  const words: string[] = [];
  for (let cause = error; cause instanceof Error; cause = cause.cause) words.push(cause.message);
  expect(words.join('\n')).not.toContain(password);
  expect(words.join('\n')).not.toContain('did not answer');
  return words.join('\n');
}

/** What each certificate that cannot be trusted is called, and what mends it. */
export const refusedCertificates = [
  ['selfSigned', /self[- ]signed certificate/, 'NODE_EXTRA_CA_CERTS'],
  ['expired', /certificate has expired/, 'Its certificate has expired'],
  ['otherHost', /does not match certificate/, 'Its certificate is for another host'],
] as const;

export const unknownAuthority =
  /unable to verify the first certificate|unable to get local issuer certificate|self-signed certificate in certificate chain/;
