// The control: rotates as others do, loading a page of sessions and storing them again. It is as slow
// as it takes for a writer to come in between. Goes through the store until it is told anything.
import { setImmediate } from 'node:timers/promises';
import { EncryptedSessionStorage, Keyring } from '../../../src/index.js';
import { loadSubject } from '../subject.js';
import type { PlainRotatorOptions } from './protocol.js';

const page = 50;

const options = JSON.parse(process.argv[2] ?? '{}') as PlainRotatorOptions;
const subject = await loadSubject(options.subject);
const { storage: inner, catalog, close } = await subject.connect(options.place);
const storage = new EncryptedSessionStorage(inner, { keyring: Keyring.parse(options.keys) });

let stopped = false;
process.once('message', () => {
  stopped = true;
});

while (!stopped) {
  let ids: string[] = [];
  for await (const { id } of catalog.sessions()) {
    ids.push(id);
    if (stopped) break;
    if (ids.length < page) continue;
    await rotate(ids);
    ids = [];
  }
  await rotate(ids);
}
await close();
process.exit();

async function rotate(ids: readonly string[]): Promise<void> {
  // SQLite in this process answers at once; it must hear the message to stop.
  await setImmediate();
  const loaded = await Promise.allSettled(ids.map((id) => storage.loadSession(id)));
  const sessions = loaded.flatMap((result) =>
    result.status === 'fulfilled' && result.value !== undefined ? [result.value] : [],
  );
  await oneChanges(sessions);
  // Those that the store was too busy for have their turn in the next round.
  await Promise.allSettled(sessions.map((session) => storage.storeSession(session)));
}

/** Waits until a writer has refreshed one of these. */
async function oneChanges(sessions: readonly { id: string; accessToken?: string | undefined }[]) {
  while (!stopped && sessions.length > 0) {
    for (const { id, accessToken } of sessions) {
      const stored = await storage.loadSession(id).catch(() => undefined);
      if (stored !== undefined && stored.accessToken !== accessToken) return;
    }
    await setImmediate();
  }
}
