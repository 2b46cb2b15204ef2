// Session storages on real servers: what wrapping the official one adds, and how ours compares.
import {
  type Measurement,
  measureSideBySide,
  type Plan,
  type SideBySide,
} from '../measuring/side-by-side.js';
import { type Spread, significant } from '../measuring/statistics.js';
import type { Server } from './servers.js';
import { fill, LOAD, STORE, storageCalls } from './storage-calls.js';
import { BY_HAND, OFFICIAL, OFFICIAL_WRAPPED, openStorages } from './tested-storage.js';

export interface StoragePlan extends Plan {
  readonly budget: number;
  /** Whether large calls are also made by many callers at once. */
  readonly large: boolean;
}

/** One kind of call, with so many callers, on one server. */
export interface StorageResult {
  readonly backend: Server['backend'];
  readonly call: string;
  readonly callers: number;
  readonly reference: string;
  readonly measurements: readonly Measurement[];
  /** What wrapping the official storage adds to a call with one token. */
  readonly added?: AddedTime;
}

/** In microseconds for one call. */
export interface AddedTime {
  readonly wall: Spread;
  readonly cpu: Spread;
  /** What the bare cipher adds in the same place, written by hand. */
  readonly byHand: { readonly wall: Spread; readonly cpu: Spread };
  /** `wall` as a multiple of the median of `byHand.wall`. */
  readonly ratio: Spread;
  readonly cpuRatio: Spread;
}

export async function measureStorages(
  server: Server,
  callerCounts: readonly number[],
  plan: StoragePlan,
  progress: (step: string) => void,
): Promise<StorageResult[]> {
  const storages = await openStorages(server);
  const results: StorageResult[] = [];
  try {
    for (const tested of storages) await fill(tested);
    for (const { name: call, contender, needsPreparing, isLarge } of storageCalls) {
      for (const callers of callerCounts) {
        if (callers > 1 && isLarge && !plan.large) continue;
        progress(`${server.backend}: ${call}, ${callers} callers`);
        const oneToken = call === STORE || call === LOAD;
        const tested = storages.filter(({ name }) => oneToken || name !== BY_HAND);
        const contenders = tested.map((storage) => contender(storage, callers));
        // What wrapping adds is a small difference of two times: it takes more rounds to be seen.
        const longer = oneToken && callers > 1 ? 4 : 1;
        const measured = await measureSideBySide(contenders, {
          ...plan,
          rounds: plan.rounds * longer,
          budget: plan.budget * longer,
          callers,
          ...(needsPreparing ? { callsAtMost: Math.max(callers, isLarge ? 16 : 64) } : {}),
        });
        const result = { backend: server.backend, call, callers, reference: OFFICIAL };
        results.push({
          ...result,
          measurements: measured.against(OFFICIAL),
          ...(oneToken ? { added: addedTime(measured) } : {}),
        });
      }
    }
  } finally {
    await Promise.all(storages.map((tested) => tested.close()));
  }
  return results;
}

function addedTime(measured: SideBySide): AddedTime {
  const added = (name: string, kind: 'wall' | 'cpu') =>
    measured.perRound((turn) => turn(name)[kind] - turn(OFFICIAL)[kind]);
  const wall = added(OFFICIAL_WRAPPED, 'wall');
  const cpu = added(OFFICIAL_WRAPPED, 'cpu');
  const byHand = { wall: added(BY_HAND, 'wall'), cpu: added(BY_HAND, 'cpu') };
  // Not within a round: a difference of two times may be next to nothing there.
  return {
    wall,
    cpu,
    byHand,
    ratio: dividedBy(wall, byHand.wall.median),
    cpuRatio: dividedBy(cpu, byHand.cpu.median),
  };
}

function dividedBy({ median, p25, p75 }: Spread, divisor: number): Spread {
  return {
    median: significant(median / divisor),
    p25: significant(p25 / divisor),
    p75: significant(p75 / divisor),
  };
}
