// What the figures are held against.
import type { Measurement } from './measuring/side-by-side.js';
import { type Spread, significant, spreadOf } from './measuring/statistics.js';
import { OFFICIAL_POSTGRESQL } from './reencryption/measure-memory.js';
import { READING, REENCRYPTION, STATUS } from './reencryption/measure-rate.js';
import type { Results, Target } from './results.js';
import { WRAPPED_NOTHING } from './sealing/measure-wrapper.js';
import { CLOAK, JOSE, OURS } from './sealing/sealers.js';
import { findOf, LOAD, STORE } from './storages/storage-calls.js';
import { KEYV_WRAPPED, OFFICIAL_WRAPPED } from './storages/tested-storage.js';

export function checkTargets(results: Omit<Results, 'targets'>): Target[] {
  return [...sealingTargets(results), ...storageTargets(results), ...reencryptionTargets(results)];
}

function sealingTargets({ sealing, wrapper }: Omit<Results, 'targets'>): Target[] {
  const targets: Target[] = [];
  for (const { tokenLength, measurements } of sealing ?? []) {
    if (tokenLength !== 38) continue;
    const [ours, jose, cloak] = [OURS, JOSE, CLOAK].map((name) => find(measurements, name));
    if (ours === undefined || jose === undefined || cloak === undefined) continue;
    targets.push(
      atMost('seal and open, against the bare cipher', 1.4, ours.ratio, ours.cpuRatio),
      atLeast(
        'speed of seal and open, against jose used directly',
        12,
        quotient(jose, ours, 'ratio'),
        quotient(jose, ours, 'cpuRatio'),
      ),
      atLeast(
        'speed of seal and open, against @47ng/cloak',
        1,
        quotient(cloak, ours, 'ratio'),
        quotient(cloak, ours, 'cpuRatio'),
      ),
    );
  }
  const wrapped = find(wrapper?.measurements, WRAPPED_NOTHING);
  if (wrapped !== undefined) {
    targets.push(
      atMost(
        'storeSession + loadSession over nothing, against the bare cipher',
        1.8,
        wrapped.ratio,
        wrapped.cpuRatio,
      ),
    );
  }
  return targets;
}

function storageTargets({ storages = [] }: Omit<Results, 'targets'>): Target[] {
  const targets: Target[] = [];
  for (const { backend, call, callers, measurements, added } of storages) {
    const where = `${backend}, ${callers === 1 ? '1 caller' : `${callers} callers`}: ${call}`;
    const wrapped = find(measurements, OFFICIAL_WRAPPED);
    const keyv = find(measurements, KEYV_WRAPPED);
    if (callers === 1 && wrapped !== undefined && (call === STORE || call === LOAD)) {
      const limit = backend === 'Redis' ? 1.2 : 1.08;
      targets.push(
        atMost(
          `${where}, official storage wrapped against bare`,
          limit,
          wrapped.ratio,
          wrapped.cpuRatio,
        ),
      );
    }
    // On a busy machine the difference is lost in the noise, and a multiple of it says nothing.
    if (callers > 1 && added !== undefined && added.byHand.wall.p25 > 0 && added.wall.p25 > 0) {
      targets.push(
        atMost(
          `${where}, time that wrapping adds, against the bare cipher by hand`,
          2,
          added.ratio,
          added.cpuRatio,
        ),
      );
    }
    if (callers !== 1 || backend !== 'Redis' || keyv === undefined) continue;
    const against = `${where}, ours over Keyv, sealed, against the official storage`;
    if (call === LOAD) targets.push(atMost(against, 1.2, keyv.ratio, keyv.cpuRatio));
    else if (call === findOf(50) || call === findOf(500))
      targets.push(atMost(against, 0.333, keyv.ratio, keyv.cpuRatio));
    else if (call !== findOf(1)) targets.push(atMost(against, 1, keyv.ratio, keyv.cpuRatio));
  }
  return targets;
}

function reencryptionTargets({
  reencryption = [],
  shards,
  memory = [],
}: Omit<Results, 'targets'>): Target[] {
  const targets = reencryption.flatMap(({ backend, measurements }) => {
    const [ours, status, reading] = [REENCRYPTION, STATUS, READING].map((name) =>
      find(measurements, name),
    );
    if (ours === undefined || status === undefined || reading === undefined) return [];
    const limit = backend === 'Keyv on Redis' ? 1 : 4;
    return [
      atLeast(
        `${backend}: rate of re-encryption, against row by row without cryptography`,
        limit,
        inverse(ours.ratio),
        inverse(ours.cpuRatio),
      ),
      atMost(
        `${backend}: time of status, against reading alone`,
        1.5,
        quotient(status, reading, 'ratio'),
        quotient(status, reading, 'cpuRatio'),
      ),
    ];
  });
  if (shards !== undefined) {
    const { backend, cpuRatio, conflicts } = shards;
    targets.push(
      atMost(
        `${backend}: processor time of each of two rotators, against one alone`,
        0.6,
        cpuRatio,
      ),
      atMost(`${backend}: conflicts of two rotators, in all rounds`, 0, spreadOf([conflicts])),
    );
  }
  for (const backend of new Set(memory.map((run) => run.backend))) {
    const runs = memory.filter((run) => run.backend === backend);
    const [few, many] = [runs.at(0), runs.at(-1)];
    if (few === undefined || many === undefined || few === many) continue;
    const name = `${backend}: MiB more at the peak with ${many.sessions} sessions than with ${few.sessions}`;
    targets.push(atMost(name, 50, spreadOf([many.rssPeak - few.rssPeak])));
    if (backend === OFFICIAL_POSTGRESQL && many.sessions === 1_000_000) {
      targets.push(
        atMost(`${backend}: seconds for 1,000,000 sessions`, 120, spreadOf([many.seconds])),
      );
    }
  }
  return targets;
}

function find(measurements: readonly Measurement[] | undefined, name: string) {
  return measurements?.find((measurement) => measurement.name === name);
}

function atMost(name: string, limit: number, value: Spread, cpu?: Spread): Target {
  const target = { name, bound: 'at most', limit, value, met: value.median <= limit } as const;
  return cpu === undefined ? target : { ...target, cpu };
}

function atLeast(name: string, limit: number, value: Spread, cpu?: Spread): Target {
  const target = { name, bound: 'at least', limit, value, met: value.median >= limit } as const;
  return cpu === undefined ? target : { ...target, cpu };
}

/** How many times as long `a` takes as `b`, both known against the same reference. */
function quotient(a: Measurement, b: Measurement, kind: 'ratio' | 'cpuRatio'): Spread {
  return {
    median: significant(a[kind].median / b[kind].median),
    p25: significant(a[kind].p25 / b[kind].p75),
    p75: significant(a[kind].p75 / b[kind].p25),
  };
}

function inverse({ median, p25, p75 }: Spread): Spread {
  return { median: significant(1 / median), p25: significant(1 / p75), p75: significant(1 / p25) };
}
