// The list of a shop's sessions, as the official storages for keys and values keep it: a JSON list.
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
