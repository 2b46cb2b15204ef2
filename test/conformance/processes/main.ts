// One instance of an app: opens the storage that it is told, and stores or deletes sessions when it
// is told to. Runs compiled, in a process of its own.
import { inspect } from 'node:util';
import { EncryptedSessionStorage, Keyring } from '../../../src/index.js';
import { loadBackend } from '../backends/index.js';
import { onlineSession } from '../sessions.js';
import type { ProcessAnswer, ProcessOptions, ProcessRequest } from './protocol.js';

const callers = 20;

const options = JSON.parse(process.argv[2] ?? '{}') as ProcessOptions;
const answer = (message: ProcessAnswer) => process.send?.(message);

const backend = await loadBackend(options.backend);
const connection = await backend.connect(options.place);
const storage = new EncryptedSessionStorage(connection.storage, {
  keyring: Keyring.parse(options.keys),
});

process.on('message', async (request: ProcessRequest) => {
  try {
    answer({ ids: await perform(request) });
  } catch (error) {
    answer({ error: inspect(error) });
  }
});
process.once('disconnect', async () => {
  await connection.close();
  process.exit();
});
answer({ ready: true });

async function perform({ task, shop, firstUser, users }: ProcessRequest): Promise<string[]> {
  const sessions = Array.from({ length: users }, (_, index) =>
    onlineSession(shop, firstUser + index),
  );
  const waiting = [...sessions];
  const caller = async () => {
    for (let session = waiting.pop(); session !== undefined; session = waiting.pop()) {
      const done =
        task === 'store'
          ? await storage.storeSession(session)
          : await storage.deleteSession(session.id);
      if (done !== true) throw new Error(`${task} ${session.id} answered ${done}`);
    }
  };
  await Promise.all(Array.from({ length: callers }, caller));
  return sessions.map(({ id }) => id);
}
