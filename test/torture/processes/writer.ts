// An instance of an app: refreshes random sessions of its own without pause, and keeps account of
// what it was told is stored. Ends when told anything.
import { setPriority } from 'node:os';
import { setImmediate } from 'node:timers/promises';
import { inspect } from 'node:util';
import {
  EncryptedSessionStorage,
  Keyring,
  SessionEncryptionError,
  StoreUnavailableError,
} from '../../../src/index.js';
import { idOf, newSession, refreshOf, tokensOf } from '../numbered-sessions.js';
import { loadSubject } from '../subject.js';
import type { WriterMessage, WriterOptions } from './protocol.js';

/** How many sessions it refreshes at once. */
const callers = 4;

const options = JSON.parse(process.argv[2] ?? '{}') as WriterOptions;
const subject = await loadSubject(options.subject);
const { storage: inner, close } = await subject.connect(options.place);
const storage = new EncryptedSessionStorage(inner, { keyring: Keyring.parse(options.keys) });

interface Account {
  readonly session: number;
  stored: number;
  unknown: number[];
  newest: number;
}
const accounts: Account[] = [];
for (let session = options.writer; session < options.sessions; session += options.writers) {
  accounts.push({ session, stored: 0, unknown: [], newest: 0 });
}

const counts = { refreshed: 0, lost: 0, failed: 0 };
// Rotators that are started again and again must get to their work beside it, on few cores too.
setPriority(10);

let stopped = false;
const tell = (message: WriterMessage) => process.send?.(message);

process.once('message', () => {
  stopped = true;
});

async function refreshForEver(own: readonly Account[]): Promise<void> {
  while (!stopped) {
    const account = own[Math.floor(Math.random() * own.length)];
    if (account === undefined) return;
    await refresh(account);
    // SQLite in this process answers at once; it must hear the message to stop.
    await setImmediate();
  }
}

async function refresh(account: Account): Promise<void> {
  const { session } = account;
  const loaded = await attempt(() => storage.loadSession(idOf(session)));
  if (loaded === failed) return;
  const found = refreshOf(session, loaded);
  if (found !== undefined && account.unknown.includes(found)) {
    // It was stored after all; from now on it may not go back.
    account.stored = found;
    account.unknown = [];
  } else if (found !== account.stored) {
    counts.lost++;
  }
  const refreshed = Object.assign(loaded ?? newSession(session), {
    ...tokensOf(session, ++account.newest),
  });
  if ((await attempt(() => storage.storeSession(refreshed))) === true) {
    account.stored = account.newest;
    account.unknown = [];
    if (++counts.refreshed % 20 === 0) tell({ counts });
  } else {
    account.unknown.push(account.newest);
  }
}

const failed = Symbol('failed');

/** What the call answers. A store may be busy or see a deadlock; what is sealed must always open. */
async function attempt<T>(call: () => Promise<T>): Promise<T | typeof failed> {
  try {
    return await call();
  } catch (error) {
    if (error instanceof SessionEncryptionError && !(error instanceof StoreUnavailableError)) {
      throw error;
    }
    counts.failed++;
    await new Promise((resolve) => setTimeout(resolve, 5));
    return failed;
  }
}

async function main(): Promise<WriterMessage> {
  try {
    await Promise.all(
      Array.from({ length: callers }, (_, caller) =>
        refreshForEver(accounts.filter((_account, index) => index % callers === caller)),
      ),
    );
  } catch (error) {
    return { error: inspect(error) };
  }
  return { counts, ledgers: accounts.map(({ newest: _, ...ledger }) => ledger) };
}

const last = await main();
await close();
// Prisma leaves something behind that would keep the process alive.
process.send?.(last, () => process.exit());
