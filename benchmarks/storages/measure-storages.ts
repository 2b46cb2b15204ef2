// Session storages on real servers: what wrapping the official one adds, and how ours compares.
import {
  type Contender,
  type Measurement,
  measureSideBySide,
  type Plan,
} from '../measuring/side-by-side.js';
import type { Spread } from '../measuring/statistics.js';
import { bareOpen, bareSeal } from '../sealing/bare-cipher.js';
import { at, samples } from '../sealing/samples.js';
import type { Server } from './servers.js';
import { fill, LOAD, STORE, storageCalls } from './storage-calls.js';
import { OFFICIAL, OFFICIAL_WRAPPED, openStorages } from './tested-storage.js';

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

export interface AddedTime {
  /** In microseconds. */
  readonly wall: Spread;
  readonly cpu: Spread;
  /** The bare cipher on one such token, in microseconds. */
  readonly bareCipher: Spread;
  /** Added time as a multiple of the bare cipher's. */
  readonly ratio: Spread;
  readonly cpuRatio: Spread;
}

const CIPHER = 'bare cipher';

export async function measureStorages(
  server: Server,
  callerCounts: readonly number[],
  plan: Plan,
  progress: (step: string) => void,
): Promise<StorageResult[]> {
  const storages = await openStorages(server);
  const results: StorageResult[] = [];
  try {
    for (const tested of storages) await fill(tested);
    for (const { name: call, contender, needsPreparing } of storageCalls) {
      for (const callers of callerCounts) {
        progress(`${server.backend}: ${call}, ${callers} callers`);
        const contenders = storages.map((tested) => contender(tested, callers));
        if (call === STORE || call === LOAD) contenders.push(cipherAlone(call));
        const measured = await measureSideBySide(contenders, {
          ...plan,
          callers,
          ...(needsPreparing ? { callsAtMost: Math.max(callers, 16), warmUp: 0 } : {}),
        });
        const withoutCipher = measured.against(OFFICIAL).filter(({ name }) => name !== CIPHER);
        const result = { backend: server.backend, call, callers, reference: OFFICIAL };
        results.push({
          ...result,
          measurements: withoutCipher,
          ...(measured.turns(CIPHER).length > 0 ? { added: addedTime(measured) } : {}),
        });
      }
    }
  } finally {
    await Promise.all(storages.map((tested) => tested.close()));
  }
  return results;
}

function addedTime(measured: Awaited<ReturnType<typeof measureSideBySide>>): AddedTime {
  const added = (kind: 'wall' | 'cpu') =>
    measured.perRound((turn) => turn(OFFICIAL_WRAPPED)[kind] - turn(OFFICIAL)[kind]);
  const ratio = (kind: 'wall' | 'cpu') =>
    measured.perRound(
      (turn) => (turn(OFFICIAL_WRAPPED)[kind] - turn(OFFICIAL)[kind]) / turn(CIPHER)[kind],
    );
  return {
    wall: added('wall'),
    cpu: added('cpu'),
    bareCipher: measured.perRound((turn) => turn(CIPHER).wall),
    ratio: ratio('wall'),
    cpuRatio: ratio('cpu'),
  };
}

/** The bare cipher on the same tokens, in the same rounds. */
function cipherAlone(call: string): Contender {
  const tokens = samples(38).map(({ token }) => token);
  const sealed = tokens.map(bareSeal);
  return {
    name: CIPHER,
    run(calls) {
      for (let index = 0; index < calls; index++) {
        if (call === STORE) bareSeal(at(tokens, index));
        else bareOpen(at(sealed, index));
      }
    },
  };
}
