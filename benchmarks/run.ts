// `npm run bench`: measures everything side by side in one run, writes benchmarks/results/<node>.json
// and draws the charts. `--quick` ends in two minutes. Sections can be named: `npm run bench -- sealing`.
import { parseArgs } from 'node:util';
import { drawCharts } from './charts/draw-charts.js';
import { describeMachine } from './machine.js';
import { measurePackageCost } from './package-cost/measure-package-cost.js';
import {
  type MemoryResult,
  type MemoryStore,
  measureMemory,
  OFFICIAL_POSTGRESQL,
  ROW_BY_ROW,
} from './reencryption/measure-memory.js';
import { measureRate, type RateResult } from './reencryption/measure-rate.js';
import { measureShards } from './reencryption/measure-shards.js';
import {
  findMysql,
  officialMysql,
  rateStoresOf,
  removeMysqlDatabase,
} from './reencryption/rate-stores.js';
import { type Results, writeResults } from './results.js';
import { measureSealing } from './sealing/measure-sealing.js';
import { measureWrapper } from './sealing/measure-wrapper.js';
import { measureStorages, type StorageResult } from './storages/measure-storages.js';
import { findServers, type Server } from './storages/servers.js';
import { printResults } from './tables.js';
import { checkTargets } from './targets.js';

const sections = [
  'sealing',
  'wrapper',
  'storages',
  'reencryption',
  'shards',
  'memory',
  'package',
] as const;
type Section = (typeof sections)[number];

const plans = {
  quick: {
    sealing: { rounds: 120, turn: 3, warmUp: 150, budget: 6000 },
    wrapper: { rounds: 150, turn: 6, warmUp: 800, budget: 5000 },
    storages: { rounds: 9, turn: 12, warmUp: 20, budget: 700, large: false },
    reencryption: { sessions: 2_000, rounds: 5, budget: 3000 },
    shards: { sessions: 10_000, rounds: 5, budget: 5000 },
    memory: {
      Redis: [10_000, 20_000],
      PostgreSQL: [],
      [OFFICIAL_POSTGRESQL]: [10_000],
      [ROW_BY_ROW]: [10_000],
    },
    package: { rounds: 3 },
  },
  full: {
    sealing: { rounds: 300, turn: 5, warmUp: 300 },
    wrapper: { rounds: 500, turn: 10, warmUp: 500 },
    storages: { rounds: 41, turn: 40, warmUp: 150, budget: 20_000, large: true },
    reencryption: { sessions: 20_000, rounds: 11, budget: 120_000 },
    shards: { sessions: 100_000, rounds: 11, budget: 120_000 },
    memory: {
      Redis: [10_000, 100_000, 1_000_000],
      PostgreSQL: [10_000, 100_000, 1_000_000],
      [OFFICIAL_POSTGRESQL]: [10_000, 100_000, 1_000_000],
      [ROW_BY_ROW]: [100_000],
    },
    package: { rounds: 15 },
  },
} as const;

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { quick: { type: 'boolean', default: false } },
  });
  const wanted = chosenSections(positionals);
  const mode = values.quick ? 'quick' : 'full';
  const plan = plans[mode];
  const runs = (section: Section) => wanted.includes(section);
  const start = performance.now();
  const progress = (step: string) => {
    const seconds = ((performance.now() - start) / 1000).toFixed(0).padStart(4);
    console.error(`${seconds} s  ${step}`);
  };

  const needsServers = (['storages', 'reencryption', 'shards', 'memory'] as const).some(runs);
  const servers = needsServers ? await findServers() : [];
  const stop = cleanUpOnInterrupt(servers);
  try {
    const measured: { -readonly [Name in keyof Results]?: Results[Name] } = {};
    const mysql = runs('reencryption') ? await findMysql() : [];
    const machine = describeMachine([...servers, ...mysql]);
    if (runs('sealing')) {
      progress('sealing and opening');
      measured.sealing = await measureSealing([38, 200, 2000], plan.sealing);
    }
    if (runs('wrapper')) {
      progress('wrapping a storage that costs nothing');
      measured.wrapper = await measureWrapper(plan.wrapper);
    }
    if (runs('storages')) {
      const results: StorageResult[] = [];
      for (const server of servers) {
        results.push(...(await measureStorages(server, [1, 32], plan.storages, progress)));
        await server.clear();
      }
      measured.storages = results;
    }
    if (runs('reencryption')) {
      const results: RateResult[] = [];
      for (const open of [...servers.flatMap(rateStoresOf), officialMysql]) {
        progress('re-encryption');
        const result = await measureRate(open, plan.reencryption);
        if (result !== undefined) results.push(result);
      }
      measured.reencryption = results;
    }
    const postgres = servers.find(({ backend }) => backend === 'PostgreSQL');
    if (runs('shards') && postgres !== undefined) {
      progress('two rotators that share a store');
      measured.shards = await measureShards(postgres, plan.shards);
    }
    if (runs('memory')) {
      const results: MemoryResult[] = [];
      for (const server of servers) {
        const stores: readonly MemoryStore[] =
          server.backend === 'PostgreSQL'
            ? [server.backend, OFFICIAL_POSTGRESQL, ROW_BY_ROW]
            : [server.backend];
        for (const store of stores) {
          for (const sessions of plan.memory[store]) {
            progress(`${store}: memory for ${sessions} sessions`);
            results.push(await measureMemory(server, store, sessions));
          }
        }
      }
      measured.memory = results;
    }
    if (runs('package')) {
      progress('import time and size');
      measured.packageCost = await measurePackageCost(plan.package.rounds);
    }
    const found = { date: new Date().toISOString(), mode, machine, ...measured } as const;
    const results: Results = { ...found, targets: checkTargets(found) };
    printResults(results);
    if (wanted.length < sections.length) {
      console.log('\nNot all sections were run: results and charts are left as they were.');
      return;
    }
    const file = await writeResults(results);
    const charts = await drawCharts(results);
    progress(`wrote ${[file, ...charts].join(', ')}`);
  } finally {
    stop();
    await removeAll(servers);
  }
}

function chosenSections(names: readonly string[]): readonly Section[] {
  if (names.length === 0) return sections;
  return names.map((name) => {
    const section = sections.find((known) => known === name);
    if (section === undefined) {
      throw new Error(`There is no section ${name}. There are: ${sections.join(', ')}.`);
    }
    return section;
  });
}

/** Ctrl-C leaves nothing behind on the servers either. Answers how to undo this. */
function cleanUpOnInterrupt(servers: readonly Server[]): () => void {
  const interrupt = () => {
    // npm may hand on a Ctrl-C that the terminal has sent as well, which must not end the removal.
    process.on('SIGINT', () => {});
    void removeAll(servers).finally(() => process.exit(130));
  };
  process.once('SIGINT', interrupt);
  return () => process.removeListener('SIGINT', interrupt);
}

async function removeAll(servers: readonly Server[]): Promise<void> {
  await removeMysqlDatabase();
  for (const server of servers) await server.remove();
}

await main();
