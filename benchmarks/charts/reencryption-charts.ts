// How fast sessions are re-encrypted, and in how much memory.
import { type MemoryResult, ROW_BY_ROW } from '../reencryption/measure-memory.js';
import {
  type RateResult,
  REENCRYPTION,
  WITHOUT_CRYPTOGRAPHY,
} from '../reencryption/measure-rate.js';
import { type Chart, colours, titled } from './chart-file.js';

const shown = [REENCRYPTION, WITHOUT_CRYPTOGRAPHY];

export function reencryptionChart(
  results: readonly RateResult[],
  where: string,
): Chart | undefined {
  if (results.length === 0) return undefined;
  const rows = results
    .flatMap(({ backend, measurements }) =>
      measurements
        .filter(({ name }) => shown.includes(name))
        .map((one) => ({
          name: `${backend}: ${one.name}`,
          rate: 1e6 / one.wall.median,
          ours: one.name === REENCRYPTION,
        })),
    )
    .reverse();
  return {
    name: 're-encryption',
    title: 'Re-encrypting sessions while the app runs',
    width: 860,
    height: 124 + rows.length * 34,
    option: {
      title: titled(
        'Re-encrypting sessions while the app runs',
        'Sessions per second, each read and replaced by compare-and-swap. Longer is faster.',
        where,
      ),
      grid: { left: 300, right: 130, top: 86, bottom: 12 },
      xAxis: { type: 'value', axisLabel: { show: false }, splitLine: { show: false } },
      yAxis: {
        type: 'category',
        data: rows.map(({ name }) => name),
        axisLabel: { color: colours.text, fontSize: 13 },
        axisTick: { show: false },
      },
      series: [
        {
          type: 'bar',
          barWidth: 20,
          label: { show: true, position: 'right', color: colours.text, fontSize: 13 },
          data: rows.map(({ rate, ours }) => ({
            value: rate,
            itemStyle: { color: ours ? colours.ours : colours.limit, borderRadius: [0, 3, 3, 0] },
            label: { formatter: `${Math.round(rate).toLocaleString('en')} per second` },
          })),
        },
      ],
    },
  };
}

export function memoryChart(results: readonly MemoryResult[], where: string): Chart | undefined {
  if (results.length === 0) return undefined;
  // Row by row stands beside the batches for what it does to the table, not for its memory.
  const backends = [...new Set(results.map(({ backend }) => backend))].filter(
    (backend) => backend !== ROW_BY_ROW,
  );
  const sizes = [...new Set(results.map(({ sessions }) => sessions))];
  return {
    name: 'memory',
    title: 'Memory of re-encryption, by the number of sessions in the store',
    width: 860,
    height: 340,
    option: {
      title: titled(
        'Memory of re-encryption, by the number of sessions in the store',
        'Largest resident set of the process in MiB, imports included.',
        where,
      ),
      legend: { right: 20, top: 14, textStyle: { color: colours.text } },
      grid: { left: 80, right: 24, top: 96, bottom: 40 },
      xAxis: {
        type: 'category',
        data: sizes.map((size) => `${size.toLocaleString('en')} sessions`),
        axisLabel: { color: colours.text, fontSize: 13 },
        axisTick: { show: false },
      },
      yAxis: {
        type: 'value',
        axisLabel: { formatter: '{value} MiB', color: colours.faint },
        splitLine: { lineStyle: { color: '#eaeef2' } },
      },
      series: backends.map((backend, index) => ({
        name: backend,
        type: 'bar' as const,
        barMaxWidth: 60,
        itemStyle: { color: [colours.ours, colours.oursLight][index] ?? colours.faint },
        label: { show: true, position: 'top' as const, color: colours.text },
        data: sizes.map((size) => {
          const run = results.find((one) => one.backend === backend && one.sessions === size);
          return run === undefined ? '-' : Math.round(run.rssPeak);
        }),
      })),
    },
  };
}
