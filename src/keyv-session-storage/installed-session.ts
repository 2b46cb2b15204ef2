// The session class that records are turned into: the app's own, or that of the installed shopify-api.
// biome-ignore lint/suspicious/noTsIgnore: it must reach the declarations and be right in either case
/** @ts-ignore: an optional peer; without it, or in shopify-api 1 to 5, this type is unknown. */
import type { Session } from '@shopify/shopify-api';
import { memberOf } from '../foreign-object.js';
import { exportOf, loadIfInstalled } from '../optional-packages/load-package.js';
import { shopifyApi } from '../optional-packages/shopify-api.js';
import { warnOnce } from '../warning.js';

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
  const library = await loadIfInstalled(shopifyApi, '@shopify/shopify-api', warnOfPlainObjects);
  const legacy = memberOf(memberOf(exportOf(library, 'Shopify'), 'Session'), 'Session');
  return [exportOf(library, 'Session'), legacy].find(isClass);
}

/** Frameworks call `isActive`: without it they fail, or send merchants through OAuth again. */
function warnOfPlainObjects(): void {
  warnOnce(
    'The app does not declare @shopify/shopify-api, so Yarn gives this package none, even if a framework brings one: ' +
      'sessions are read as plain objects, without isActive. Run yarn add @shopify/shopify-api, or pass the option Session.',
    'SESSION_CLASS_MISSING',
  );
}

/** The class that made `session`; `undefined` for a plain object. */
export function classOf(session: object): SessionClass<object> | undefined {
  const prototype: unknown = Object.getPrototypeOf(session);
  const made = memberOf(prototype, 'constructor');
  return isClass(made) && made !== Object && made.prototype === prototype ? made : undefined;
}

/** A session of class `sessionClass`, or a plain object, with exactly the given properties. */
export function createSession(
  sessionClass: SessionClass<object> | undefined,
  properties: SessionProperties,
): object {
  if (sessionClass === undefined) return { ...properties };
  return (
    construct(sessionClass, properties) ??
    Object.create(sessionClass.prototype, Object.getOwnPropertyDescriptors(properties))
  );
}

/** A session that its constructor made, if it did. That of shopify-api 6 and later takes the properties. */
function construct(
  sessionClass: SessionClass<object>,
  properties: SessionProperties,
): object | undefined {
  if (sessionClass.length !== 1) return undefined;
  try {
    const session: object = Reflect.construct(sessionClass, [properties]);
    // The one of release 1 takes the id.
    return memberOf(session, 'id') === properties.id
      ? Object.assign(session, properties)
      : undefined;
  } catch {
    // A class of the app's own, which takes something else, or lets nobody change what it made.
    return undefined;
  }
}

function isClass(value: unknown): value is SessionClass<object> {
  return typeof value === 'function';
}
