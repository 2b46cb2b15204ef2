// How fast sessions are re-encrypted, against the same reads and compare-and-swaps without
// cryptography: what a store can do at most, through the same catalog.
import { Session } from '@shopify/shopify-api';
import { Keyring, reencryptSessions } from '../../src/index.js';
import { generateKey } from '../../src/key-ring/index.js';
import { openSessionStorage } from '../../src/open/index.js';
import { type Contender, type Measurement, measureSideBySide } from '../measuring/side-by-side.js';
import { bareOpen, bareSeal } from '../sealing/bare-cipher.js';
import { token } from '../sealing/samples.js';
import type { Server } from '../storages/servers.js';
import { seedSessions } from './seed-sessions.js';

export const REENCRYPTION = 'reencryptSessions';
export const WITHOUT_CRYPTOGRAPHY = 'the same without cryptography';
export const WITH_BARE_CIPHER = 'the same with the bare cipher';

/** What it took for one session. */
export interface RateResult {
  readonly backend: Server['backend'];
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

export async function measureRate(
  server: Server,
  { sessions, rounds, budget }: RatePlan,
): Promise<RateResult> {
  const [a, b] = ['2026-05', '2026-11'].map((kid) => generateKey({ kid }).text);
  // Which one is first decides: in turn, so that there is work in every round.
  const rings = [Keyring.parse(`${b},${a}`), Keyring.parse(`${a},${b}`)] as const;
  const prefix = `${server.prefix}-rate`;
  await seedSessions(server, prefix, sessions, rings[1]);
  const catalog = openSessionStorage(server.url, { Session, prefix });
  const replacedAll = (replaced: number) => {
    if (replaced !== sessions) throw new Error(`Only ${replaced} of ${sessions} sessions`);
  };
  const replace = (session: Session) => {
    const next = Object.assign(Object.create(Object.getPrototypeOf(session)), session);
    return catalog.replaceSession(session, next);
  };
  // Reads and replaces every session, and does no more than `work` for each.
  const replaceAll = async (work: () => void) => {
    let replaced = 0;
    await forEachOf(catalog.sessions(), async (session) => {
      work();
      if (await replace(session)) replaced++;
    });
    replacedAll(replaced);
  };
  const sealedByHand = bareSeal(token(38));
  let run = 0;
  const contenders: Contender[] = [
    {
      name: REENCRYPTION,
      async run() {
        const report = await reencryptSessions(catalog, {
          keyring: rings[run++ % 2 === 0 ? 0 : 1],
        });
        replacedAll(report.reencrypted);
      },
    },
    { name: WITHOUT_CRYPTOGRAPHY, run: () => replaceAll(() => {}) },
    { name: WITH_BARE_CIPHER, run: () => replaceAll(() => bareSeal(bareOpen(sealedByHand))) },
  ];
  try {
    const plan = { rounds, budget, turn: 0, warmUp: 1, callers: sessions, callsAtMost: sessions };
    const measured = await measureSideBySide(contenders, plan);
    const result = { backend: server.backend, sessions, concurrency };
    return {
      ...result,
      reference: WITHOUT_CRYPTOGRAPHY,
      measurements: measured.against(WITHOUT_CRYPTOGRAPHY),
    };
  } finally {
    await catalog.disconnect();
    await server.clear();
  }
}

/** Lets `concurrency` workers take one session after the other, as one does without thinking of more. */
async function forEachOf<T>(sessions: AsyncGenerator<T>, work: (session: T) => Promise<void>) {
  const worker = async () => {
    // The calls of next() wait for each other: it is a generator.
    for (;;) {
      const { done, value } = await sessions.next();
      if (done === true) return;
      await work(value);
    }
  };
  await Promise.all(Array.from({ length: concurrency }, worker));
}
