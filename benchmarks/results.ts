// The results file: one for each major version of Node, written by `npm run bench`.
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Machine } from './machine.js';
import type { Spread } from './measuring/statistics.js';
import type { PackageCostResult } from './package-cost/measure-package-cost.js';
import { repository } from './package-cost/repository.js';
import type { MemoryResult } from './reencryption/measure-memory.js';
import type { RateResult } from './reencryption/measure-rate.js';
import type { ShardResult } from './reencryption/measure-shards.js';
import type { SealingResult } from './sealing/measure-sealing.js';
import type { WrapperResult } from './sealing/measure-wrapper.js';
import type { StorageResult } from './storages/measure-storages.js';

/** A bound, and what was measured. All values are ratios. */
export interface Target {
  readonly name: string;
  readonly bound: 'at most' | 'at least';
  readonly limit: number;
  readonly value: Spread;
  /** The same from processor time, which other work on the machine disturbs less. */
  readonly cpu?: Spread;
  readonly met: boolean;
}

/** All that one run found out. A section that was not run is absent. */
export interface Results {
  readonly date: string;
  readonly mode: 'quick' | 'full';
  readonly machine: Machine;
  /** Times are in microseconds for one call, unless their name says otherwise. */
  readonly sealing?: readonly SealingResult[];
  readonly wrapper?: WrapperResult;
  readonly storages?: readonly StorageResult[];
  readonly reencryption?: readonly RateResult[];
  readonly shards?: ShardResult;
  readonly memory?: readonly MemoryResult[];
  readonly packageCost?: PackageCostResult;
  readonly targets: readonly Target[];
}

export const resultsFolder = join(repository, 'benchmarks', 'results');

/** @returns The path of the file, from the repository. */
export async function writeResults(results: Results): Promise<string> {
  await mkdir(resultsFolder, { recursive: true });
  const name = `${process.versions.node.split('.')[0]}.json`;
  await writeFile(join(resultsFolder, name), `${JSON.stringify(results, null, 2)}\n`);
  return `benchmarks/results/${name}`;
}
