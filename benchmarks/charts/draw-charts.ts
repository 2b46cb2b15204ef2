// The charts of the README, drawn from the results.
import type { Results } from '../results.js';
import { type Chart, writeChart } from './chart-file.js';
import { packageCostChart } from './package-cost-chart.js';
import { memoryChart, reencryptionChart } from './reencryption-charts.js';
import { sealingChart } from './sealing-chart.js';
import { storagesChart } from './storages-chart.js';

/** @returns The paths of the files, from the repository. */
export async function drawCharts(results: Results): Promise<string[]> {
  const { machine, sealing = [], storages = [], reencryption = [], memory = [] } = results;
  const where = `Node ${machine.node}, ${machine.processor}, ${results.date.slice(0, 10)}`;
  const charts: (Chart | undefined)[] = [
    sealingChart(sealing, where),
    ...(['Redis', 'PostgreSQL'] as const).map((backend) => storagesChart(storages, backend, where)),
    reencryptionChart(reencryption, where),
    memoryChart(memory, where),
    results.packageCost && packageCostChart(results.packageCost, where),
  ];
  const files: string[] = [];
  for (const chart of charts) if (chart !== undefined) files.push(await writeChart(chart));
  return files;
}
