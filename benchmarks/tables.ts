// The results as text, for the terminal.
import type { Measurement } from './measuring/side-by-side.js';
import type { Spread } from './measuring/statistics.js';
import type { Results, Target } from './results.js';

type Cell = string | number;

export function printResults(results: Results): void {
  for (const { tokenLength, reference, measurements } of results.sealing ?? []) {
    printTable(`One seal and one open, ${tokenLength} characters, against: ${reference}`, [
      ['', 'µs', 'best', 'ratio', 'p25–p75', 'CPU ratio', 'characters'],
      ...measurements.map((one) => [...cells(one), one.sealedLength]),
    ]);
  }
  if (results.wrapper !== undefined) {
    printTable('One storeSession and one loadSession over a storage that costs nothing', [
      ['', 'µs', 'best', 'ratio', 'p25–p75', 'CPU ratio'],
      ...results.wrapper.measurements.map(cells),
    ]);
  }
  for (const { backend, call, callers, reference, measurements } of results.storages ?? []) {
    printTable(`${backend}, ${callers} at once: ${call}, against: ${reference}`, [
      ['', 'µs', 'best', 'ratio', 'p25–p75', 'CPU ratio'],
      ...measurements.map(cells),
    ]);
  }
  for (const { backend, sessions, measurements } of results.reencryption ?? []) {
    printTable(`${backend}: ${sessions} sessions, for each session`, [
      ['', 'µs', 'best', 'ratio', 'p25–p75', 'CPU ratio'],
      ...measurements.map(cells),
    ]);
  }
  if (results.shards !== undefined) {
    const { backend, sessions, measurements, cpuAlone, cpuOfEach, conflicts } = results.shards;
    printTable(`${backend}: ${sessions} sessions, for each session; ${conflicts} conflicts`, [
      ['', 'µs', 'best', 'ratio', 'p25–p75', 'CPU of each, µs'],
      ...measurements.map((one, at) => [
        ...cells(one).slice(0, -1),
        (at === 0 ? cpuAlone : cpuOfEach).median,
      ]),
    ]);
  }
  if (results.memory !== undefined) {
    printTable('Re-encryption, memory in MiB', [
      ['', 'sessions', 'before', 'peak', 'heap peak', 'seconds', 'table before', 'after', 'WAL'],
      ...results.memory.map((run) => [
        run.backend,
        run.sessions,
        run.rssBefore,
        run.rssPeak,
        run.heapPeak,
        run.seconds,
        ...(run.table === undefined
          ? []
          : [run.table.sizeBefore, run.table.sizeAfter, run.table.wal]),
      ]),
    ]);
  }
  if (results.packageCost !== undefined) {
    const { imports, sizes, tarballBytes } = results.packageCost;
    printTable('Import, ms in a new process', [
      ['', 'ms', 'p25–p75'],
      ...imports.map(({ module, time }) => [module, time.median.toFixed(1), range(time)]),
    ]);
    printTable(`On the disk with its dependencies (our tarball: ${kilobytes(tarballBytes)})`, [
      ['', 'size', 'packages'],
      ...sizes.map((size) => [size.package, kilobytes(size.bytes), size.packages]),
    ]);
  }
  printTargets(results.targets);
}

function printTargets(targets: readonly Target[]): void {
  printTable('Targets', [
    ['', 'wanted', 'measured', 'p25–p75', 'CPU', ''],
    ...targets.map(({ name, bound, limit, value, cpu, met }) => [
      name,
      `${bound} ${limit}`,
      value.median.toFixed(2),
      range(value),
      cpu === undefined ? '' : cpu.median.toFixed(2),
      met ? 'reached' : 'NOT REACHED',
    ]),
  ]);
}

function cells({ name, wall, best, ratio, cpuRatio }: Measurement): Cell[] {
  return [
    name,
    wall.median,
    best,
    ratio.median.toFixed(2),
    range(ratio),
    cpuRatio.median.toFixed(2),
  ];
}

function range({ p25, p75 }: Spread): string {
  return `${p25.toFixed(2)}–${p75.toFixed(2)}`;
}

function kilobytes(bytes: number): string {
  return `${Math.round(bytes / 1000)} kB`;
}

function printTable(title: string, rows: readonly (readonly Cell[])[]): void {
  const widths: number[] = [];
  for (const row of rows) {
    row.forEach((cell, column) => {
      widths[column] = Math.max(widths[column] ?? 0, String(cell).length);
    });
  }
  console.log(`\n${title}`);
  for (const row of rows) {
    const line = row.map((cell, column) => {
      const width = widths[column] ?? 0;
      return column === 0 ? String(cell).padEnd(width) : String(cell).padStart(width);
    });
    console.log(`  ${line.join('  ')}`.trimEnd());
  }
}
