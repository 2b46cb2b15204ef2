// What MongoDB has to compare and to set so that one session's document becomes another's.
import { isDeepStrictEqual } from 'node:util';
import { sealedFields } from '../../sealed-fields.js';
import type { StoredSession } from '../stored-session.js';

type Document = Readonly<Record<string, unknown>>;

/** The filter and the update of an `updateOne`. */
export interface DocumentChanges {
  readonly filter: Document;
  /** Empty if there is nothing to change. */
  readonly update: { readonly $set?: Document; readonly $unset?: Document };
}

/** The properties that may be sealed, by their paths. */
const sealedPaths: readonly string[] = sealedFields.map(({ name }) => name);

/**
 * The filter compares what may be sealed, and everything that the update overwrites; the rest of the
 * document is neither looked at nor touched. `$eq`, so that no value is taken for an operator.
 */
export function documentChanges(current: StoredSession, next: StoredSession): DocumentChanges {
  const [before, after] = [pathsOf(current), pathsOf(next)];
  // Where the rest of the user changes, all of it is written, and its parts must not be named again.
  const user = 'onlineAccessInfo';
  const isUserReplaced = !isDeepStrictEqual(before.get(user), after.get(user));
  const filter: Record<string, unknown> = {};
  const set: Record<string, unknown> = {};
  const unset: Record<string, unknown> = {};
  for (const path of new Set([...sealedPaths, ...before.keys(), ...after.keys()])) {
    if (isUserReplaced && path.startsWith(`${user}.`)) continue;
    const isWhole = path === user;
    const old = isWhole ? current.onlineAccessInfo : before.get(path);
    const value = isWhole ? next.onlineAccessInfo : after.get(path);
    const isChanged = isWhole ? isUserReplaced : !isDeepStrictEqual(old, value);
    // `$eq: null` also matches where there is nothing.
    if (isChanged || sealedPaths.includes(path)) filter[path] = { $eq: old ?? null };
    if (!isChanged) continue;
    if (value === undefined) unset[path] = '';
    else set[path] = value;
  }
  const update = {
    ...(Object.keys(set).length > 0 && { $set: set }),
    ...(Object.keys(unset).length > 0 && { $unset: unset }),
  };
  return { filter, update };
}

/** What a session has at each path; `onlineAccessInfo` without the parts that have their own. */
function pathsOf(session: StoredSession): Map<string, unknown> {
  const { onlineAccessInfo, ...rest } = session;
  const paths = new Map<string, unknown>(Object.entries(rest));
  const user = onlineAccessInfo?.associated_user;
  if (user === undefined || user === null) {
    if (onlineAccessInfo !== undefined) paths.set('onlineAccessInfo', onlineAccessInfo);
    return paths;
  }
  const others: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(user)) {
    const path = `onlineAccessInfo.associated_user.${name}`;
    if (sealedPaths.includes(path)) paths.set(path, value);
    else others[name] = value;
  }
  paths.set('onlineAccessInfo', { ...onlineAccessInfo, associated_user: others });
  return paths;
}
