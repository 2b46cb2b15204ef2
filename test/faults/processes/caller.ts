// An instance of an app: many callers that store, load, find and delete sessions of their own without
// pause, and hold every answer against what they were told before. Runs in a process of its own.
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as pause } from 'node:timers/promises';
import { EncryptedSessionStorage, Keyring, StoreUnavailableError } from '../../../src/index.js';
import { Ledger } from '../ledger.js';
import { sessionOf, shops, writeIn } from '../sessions.js';
import { openSubject } from '../subjects.js';
import type { CallerMessage, CallerOptions, CallerRequest, Resources } from './protocol.js';

const options = JSON.parse(process.argv[2] ?? '{}') as CallerOptions;
const opened = await openSubject(options.subject, options.url, options.deadline);
const storage = new EncryptedSessionStorage(opened.storage, {
  keyring: Keyring.parse(options.keys),
});

const seen = { acknowledged: 0, failed: 0, inARow: 0, answeredAgain: 0, lastFailure: 0 };
/** When all was right again, on the clock of `performance`. */
let right = Number.POSITIVE_INFINITY;
const harm = { lost: 0, late: 0, denied: 0, wrongShop: 0, hung: 0, longest: 0 };
const errors: Record<string, number> = {};
let stopped = false;

const isDenial = (error: unknown) =>
  error instanceof StoreUnavailableError && !error.mayHaveTakenEffect;

/** A call that failed; or that failed and, as its error says, changed nothing. */
const failed = Symbol('failed');
const denied = Symbol('denied');

/** What a call answers, or that it failed. */
async function attempt<T>(call: () => Promise<T>): Promise<T | typeof failed | typeof denied> {
  let hadNoEffect = false;
  const start = performance.now();
  const patience = new AbortController();
  const hung = pause(options.deadline * 10, 'hung' as const, { signal: patience.signal });
  hung.catch(() => {});
  try {
    const answer = await Promise.race([call(), hung]);
    if (answer !== 'hung') {
      seen.inARow++;
      if (start > right) seen.answeredAgain ||= Date.now();
      return answer;
    }
    harm.hung++;
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : String(error);
    errors[code] = (errors[code] ?? 0) + 1;
    hadNoEffect = isDenial(error);
  } finally {
    patience.abort();
    harm.longest = Math.max(harm.longest, performance.now() - start);
  }
  seen.failed++;
  seen.inARow = 0;
  seen.lastFailure = Date.now();
  // A failure may come at once: other processes want to run too.
  await pause(10 * options.rest);
  return hadNoEffect ? denied : failed;
}

async function write(ledger: Ledger, stored: boolean): Promise<void> {
  const number = ledger.next();
  const answer = await attempt(() =>
    stored ? storage.storeSession(sessionOf(ledger, number)) : storage.deleteSession(ledger.id),
  );
  if (answer === true) {
    seen.acknowledged++;
    ledger.acknowledge({ number, stored });
  } else if (answer === denied) ledger.deny({ number, stored });
  else ledger.doubt({ number, stored });
}

async function load(ledger: Ledger): Promise<void> {
  const answer = await attempt(() => storage.loadSession(ledger.id));
  if (answer === failed || answer === denied) return;
  if (answer !== undefined && writeIn(answer, ledger) === undefined) harm.wrongShop++;
  else judge(ledger, answer && writeIn(answer, ledger));
}

function judge(ledger: Ledger, found: number | undefined): void {
  const verdict = ledger.judge(found);
  if (verdict !== 'current') harm[verdict]++;
}

async function find(shop: string, own: readonly Ledger[]): Promise<void> {
  const answer = await attempt(() => storage.findSessionsByShop?.(shop) ?? Promise.resolve([]));
  if (answer === failed || answer === denied) return;
  harm.wrongShop += answer.filter((session) => session.shop !== shop).length;
  for (const ledger of own.filter((each) => each.shop === shop)) {
    const found = answer.find(({ id }) => id === ledger.id);
    judge(ledger, found && writeIn(found, ledger));
  }
}

async function callForEver(own: readonly Ledger[]): Promise<void> {
  for (let turn = 0; !stopped; turn++) {
    const ledger = own[turn % own.length];
    if (ledger === undefined) return;
    // Of twelve calls six store, four load, one finds and one deletes.
    const kind = Math.floor(turn / own.length) % 12;
    if (kind === 11) await write(ledger, false);
    else if (kind === 5) await find(ledger.shop, own);
    else if (kind % 2 === 0) await write(ledger, true);
    else await load(ledger);
    await pause(options.rest);
  }
}

/** Shows how long this process could do nothing, as on a machine that does much else. */
const stalls = monitorEventLoopDelay({ resolution: 10 });
stalls.enable();

const tell = (message: CallerMessage) => process.send?.(message);

function resources(): Resources {
  globalThis.gc?.();
  const { heapUsed: heap, rss: resident } = process.memoryUsage();
  const handles: Record<string, number> = {};
  for (const kind of process.getActiveResourcesInfo()) handles[kind] = (handles[kind] ?? 0) + 1;
  return { heap, resident, handles };
}

const ledgers = Array.from({ length: options.callers }, (_, caller) =>
  shops.map((shop, at) => new Ledger(`${shop}_${options.process}-${caller}-${at}`, shop)),
);
const calling = Promise.all(ledgers.map(callForEver));
const telling = setInterval(() => tell({ progress: seen }), 100);

process.on('message', async (request: CallerRequest) => {
  if (request === 'resources') return tell({ resources: resources() });
  if (request === 'right') {
    right = performance.now();
    return;
  }
  stopped = true;
  await calling;
  clearInterval(telling);
  tell({
    report: {
      ...seen,
      ...harm,
      stall: stalls.max / 1e6,
      errors,
      ledgers: ledgers.flat().map((one) => one.toJSON()),
    },
  });
});
// Until then a late write of this process would still come.
process.once('disconnect', async () => {
  await Promise.race([opened.close().catch(() => {}), pause(options.deadline * 2)]);
  process.exit();
});
