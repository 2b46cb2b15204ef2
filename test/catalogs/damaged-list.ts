// A shop's list of sessions that somebody has damaged.
import { expect } from 'vitest';
import { RecordUnreadableError } from '../../src/index.js';

/** Expects an error about one session that names the key of the list, and nothing of its content. */
export async function expectListRefused(
  key: string,
  change: () => Promise<unknown> | undefined,
): Promise<void> {
  const error = await Promise.resolve(change()).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof RecordUnreadableError)) throw new Error('The list was not refused.');
  expect(error.message).toContain(`under the key ${key}, is not a JSON list`);
  expect(error.sessionId).toBeDefined();
  expect(error.cause).toBeUndefined();
  expect(JSON.stringify(error) + error.stack).not.toContain('shpat_');
}
