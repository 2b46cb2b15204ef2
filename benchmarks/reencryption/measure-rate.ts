// How fast sessions are re-encrypted, against workers that read and compare and swap row by row
// without cryptography; and how fast status looks at them, against reading alone.
import { Keyring, reencryptSessions, type SessionLike } from '../../src/index.js';
import { generateKey } from '../../src/key-ring/index.js';
import { type Contender, type Measurement, measureSideBySide } from '../measuring/side-by-side.js';
import type { RateStore } from './rate-stores.js';

export const REENCRYPTION = 'reencryptSessions';
export const WITHOUT_CRYPTOGRAPHY = '16 workers, row by row, without cryptography';
export const STATUS = 'status';
export const READING = 'reading alone';

/** What it took for one session. */
export interface RateResult {
  readonly backend: string;
  readonly sessions: number;
  readonly concurrency: number;
  readonly reference: string;
  readonly measurements: readonly Measurement[];
}

/** How many sessions, how often, and how long at most in milliseconds. */
export interface RatePlan {
  readonly sessions: number;
  readonly rounds: number;
  readonly budget: number;
}

/** Workers that compare and swap row by row. */
const concurrency = 16;

/** @returns undefined where no server answers. */
export async function measureRate(
  open: (count: number, keyring: Keyring) => Promise<RateStore | undefined>,
  { sessions, rounds, budget }: RatePlan,
): Promise<RateResult | undefined> {
  const [a, b] = ['2026-05', '2026-11'].map((kid) => generateKey({ kid }).text);
  // Which one is first decides: in turn, so that there is work in every round.
  const rings = [Keyring.parse(`${b},${a}`), Keyring.parse(`${a},${b}`)] as const;
  const store = await open(sessions, rings[1]);
  if (store === undefined) return undefined;
  const { name, catalog, close } = store;
  const expectAll = (count: number) => {
    if (count !== sessions) throw new Error(`Only ${count} of ${sessions} sessions`);
  };
  let run = 0;
  const contenders: Contender[] = [
    {
      name: REENCRYPTION,
      async run() {
        const keyring = rings[run++ % 2 === 0 ? 0 : 1];
        expectAll((await reencryptSessions(catalog, { keyring })).reencrypted);
      },
    },
    {
      name: WITHOUT_CRYPTOGRAPHY,
      async run() {
        let replaced = 0;
        await forEachOf(catalog.sessions(), async (session) => {
          if (await catalog.replaceSession(session, rewritten(session))) replaced++;
        });
        expectAll(replaced);
      },
    },
    {
      name: STATUS,
      async run() {
        expectAll((await reencryptSessions(catalog, { keyring: rings[0], dryRun: true })).scanned);
      },
    },
    {
      name: READING,
      async run() {
        let read = 0;
        for await (const _session of catalog.sessions()) read++;
        expectAll(read);
      },
    },
  ];
  try {
    const plan = { rounds, budget, turn: 0, warmUp: 1, callers: sessions, callsAtMost: sessions };
    const measured = await measureSideBySide(contenders, plan);
    return {
      backend: name,
      sessions,
      concurrency,
      reference: WITHOUT_CRYPTOGRAPHY,
      measurements: measured.against(WITHOUT_CRYPTOGRAPHY),
    };
  } finally {
    await close();
  }
}

/** Written again with the same tokens, in a property that every store keeps and that is not sealed. */
function rewritten(session: SessionLike): SessionLike {
  const { state } = session as { readonly state?: string };
  const next = Object.assign(Object.create(Object.getPrototypeOf(session)), session);
  return Object.assign(next, { state: state === '1' ? '2' : '1' });
}

/** Lets workers take one session after the other, as one does without thinking of more. */
async function forEachOf<T>(sessions: AsyncIterable<T>, work: (session: T) => Promise<void>) {
  const iterator = sessions[Symbol.asyncIterator]();
  const worker = async () => {
    // The calls of next() wait for each other: it is a generator.
    for (;;) {
      const { done, value } = await iterator.next();
      if (done === true) return;
      await work(value);
    }
  };
  await Promise.all(Array.from({ length: concurrency }, worker));
}
