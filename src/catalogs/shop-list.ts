// The list of a shop's sessions, as the official storages for keys and values keep it: a JSON list. One
// that lists a session which is not there is harmless: the storages pass over it.
import { RecordUnreadableError } from '../errors.js';
import { parseJson } from '../parse-json.js';

/**
 * What a shop's list holds; nothing where there is none.
 *
 * @param key The list's key. Nothing of its value gets into an error.
 * @throws {RecordUnreadableError} It is not a JSON list.
 */
export function readShopList(
  text: string | null | undefined,
  key: string,
  sessionId: string,
): readonly unknown[] {
  if (text === null || text === undefined) return [];
  const list = parseJson(text);
  if (Array.isArray(list)) return list;
  throw new RecordUnreadableError(
    `Session ${sessionId}: the list of its shop's sessions, under the key ${key}, is not a JSON list. ` +
      'Nothing was written. Mend or delete the list.',
    { sessionId },
  );
}

/** The list with a session; itself if it has it. */
export function withListed(list: readonly unknown[], entry: string): readonly unknown[] {
  return list.includes(entry) ? list : [...list, entry];
}

/** The list without a session, which the storage may have put there more than once; itself if it lacks it. */
export function withoutListed(list: readonly unknown[], entry: string): readonly unknown[] {
  return list.includes(entry) ? list.filter((listed) => listed !== entry) : list;
}
