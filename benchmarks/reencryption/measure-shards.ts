// How long two rotators take that share a store, each in a process of its own, against one.
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { Keyring } from '../../src/index.js';
import { generateKey } from '../../src/key-ring/index.js';
import { type Contender, type Measurement, measureSideBySide } from '../measuring/side-by-side.js';
import { type Spread, spreadOf } from '../measuring/statistics.js';
import type { Server } from '../storages/servers.js';
import type { RatePlan } from './measure-rate.js';
import { officialPostgresql } from './rate-stores.js';
import type { ShardRun, ShardTask } from './shard-child.js';

export const ONE_ROTATOR = 'one rotator';
export const TWO_ROTATORS = 'two rotators at once, shards 1/2 and 2/2';

/** What it took. Of `measurements` only times count: what works are other processes. */
export interface ShardResult {
  readonly backend: string;
  readonly sessions: number;
  readonly reference: string;
  readonly measurements: readonly Measurement[];
  /** Processor time of one rotator alone, in microseconds for one session of the store. */
  readonly cpuAlone: Spread;
  /** The same of the busier of the two. */
  readonly cpuOfEach: Spread;
  /** How they compare within a round: how the times would, with a core for each and for the server. */
  readonly cpuRatio: Spread;
  /** How often one of the two found a session changed, in all rounds. Nobody else changes any. */
  readonly conflicts: number;
}

export async function measureShards(
  { url }: Server,
  { sessions, rounds, budget }: RatePlan,
): Promise<ShardResult> {
  const [a, b] = ['2026-05', '2026-11'].map((kid) => generateKey({ kid }).text);
  // Which one is first decides: in turn, so that there is work in every round.
  const rings = [`${b},${a}`, `${a},${b}`] as const;
  const { name, close } = await officialPostgresql(url, sessions, Keyring.parse(rings[1]));
  const rotators = [new Rotator(url), new Rotator(url)];
  const shards = [1, 2].map((index) => ({ index, count: 2 }));
  const cpuAlone: number[] = [];
  const cpuOfEach: number[] = [];
  let conflicts = 0;
  let turn = 0;
  const rotate = async (parts: readonly ShardTask['shard'][], cpu: number[]) => {
    const keys = rings[turn++ % 2 === 0 ? 0 : 1];
    const begun = parts.map((shard, at) => rotators[at]?.run({ keys, shard }) ?? []);
    const runs = (await Promise.all(begun)).flat();
    const reencrypted = runs.reduce((sum, run) => sum + run.reencrypted, 0);
    if (reencrypted !== sessions) throw new Error(`Only ${reencrypted} of ${sessions} sessions`);
    for (const run of runs) conflicts += run.conflicts;
    cpu.push(Math.max(...runs.map((run) => run.cpu)) / sessions);
  };
  const contenders: Contender[] = [
    { name: ONE_ROTATOR, run: () => rotate([undefined], cpuAlone) },
    { name: TWO_ROTATORS, run: () => rotate(shards, cpuOfEach) },
  ];
  try {
    const plan = { rounds, budget, turn: 0, warmUp: 1, callers: sessions, callsAtMost: sessions };
    const measured = await measureSideBySide(contenders, plan);
    // Without the run that warms up.
    cpuAlone.shift();
    cpuOfEach.shift();
    return {
      backend: name,
      sessions,
      reference: ONE_ROTATOR,
      measurements: measured.against(ONE_ROTATOR),
      cpuAlone: spreadOf(cpuAlone),
      cpuOfEach: spreadOf(cpuOfEach),
      cpuRatio: spreadOf(cpuOfEach.map((cpu, round) => cpu / (cpuAlone[round] ?? Number.NaN))),
      conflicts,
    };
  } finally {
    for (const rotator of rotators) rotator.stop();
    await close();
  }
}

class Rotator {
  readonly #child: ChildProcess;
  readonly #ended: Promise<never>;

  constructor(url: string) {
    this.#child = fork(new URL('shard-child.js', import.meta.url), [url]);
    this.#ended = once(this.#child, 'exit').then(([code]) => {
      throw new Error(`A rotator ended with ${code}`);
    });
    // Anyone who waits for it sees it.
    this.#ended.catch(() => {});
  }

  async run(task: ShardTask): Promise<ShardRun> {
    const answered = once(this.#child, 'message');
    this.#child.send(task);
    const [run] = await Promise.race([answered, this.#ended]);
    return run as ShardRun;
  }

  stop(): void {
    this.#child.kill();
  }
}
