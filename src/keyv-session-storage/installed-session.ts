// The session class that records are turned into: the one of the installed shopify-api, or the
// app's own.
// biome-ignore lint/suspicious/noTsIgnore: it must reach the declarations and be right in either case
/** @ts-ignore: an optional peer; without it, or in shopify-api 1 to 5, this type is unknown. */
import type { Session } from '@shopify/shopify-api';
import { hasMembers } from './keyv-like.js';

/** `Session` of the installed `@shopify/shopify-api`, from release 6 on. */
export type InstalledSession = Session;

/** A class whose objects are sessions, whatever its constructor wants. */
export type SessionClass<S> = new (...values: never[]) => S;

/** The properties of a session, as a record holds them. */
export type SessionProperties = Readonly<Record<string, unknown>> & { readonly id: string };

/**
 * The `Session` class of the installed `@shopify/shopify-api`, or `undefined` if none is installed.
 * Releases 6 and later export it; 1 to 5 keep it on `Shopify`.
 */
export async function installedSessionClass(): Promise<SessionClass<object> | undefined> {
  let library: unknown;
  try {
    library = await import('@shopify/shopify-api');
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
  const candidates = [member(library, 'Session'), legacySession(library)];
  return candidates.find((candidate) => typeof candidate === 'function') as
    | SessionClass<object>
    | undefined;
}

/** A session of class `sessionClass`, or a plain object, with exactly the given properties. */
export function createSession(
  sessionClass: SessionClass<object> | undefined,
  properties: SessionProperties,
): object {
  if (sessionClass === undefined) return { ...properties };
  if (sessionClass.length === 1) {
    const session: object = Reflect.construct(sessionClass, [properties]);
    // The constructor of shopify-api 6 and later takes the properties; that of release 1, the id.
    if (Reflect.get(session, 'id') === properties.id) return Object.assign(session, properties);
  }
  const prototype: object = sessionClass.prototype;
  return Object.assign(Object.create(prototype), properties);
}

function legacySession(library: unknown): unknown {
  for (const shopify of [member(library, 'Shopify'), member(library, 'default')]) {
    const session =
      member(member(shopify, 'Session'), 'Session') ??
      member(member(member(shopify, 'Shopify'), 'Session'), 'Session');
    if (session !== undefined) return session;
  }
  return undefined;
}

function member(value: unknown, name: string): unknown {
  return hasMembers(value) ? value[name] : undefined;
}

function isMissing(error: unknown): boolean {
  const missing = ['ERR_MODULE_NOT_FOUND', 'MODULE_NOT_FOUND'].includes(
    String(member(error, 'code')),
  );
  return missing && /'@shopify\/shopify-api'/.test(String(member(error, 'message')));
}
