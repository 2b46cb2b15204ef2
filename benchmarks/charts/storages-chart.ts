// How long the calls of a session storage take, relative to the official storage.
import type { StorageResult } from '../storages/measure-storages.js';
import { KEYV_WRAPPED, OFFICIAL, OFFICIAL_WRAPPED } from '../storages/tested-storage.js';
import { type Chart, colours, titled } from './chart-file.js';

const shown = [
  { name: OFFICIAL, label: 'official storage, plaintext', colour: colours.official },
  {
    name: OFFICIAL_WRAPPED,
    label: 'official storage, wrapped by ours: sealed',
    colour: colours.oursLight,
  },
  { name: KEYV_WRAPPED, label: 'ours over Keyv: sealed', colour: colours.ours },
  { name: 'bare client', label: 'bare client doing the least, plaintext', colour: colours.limit },
] as const;

export function storagesChart(
  all: readonly StorageResult[],
  backend: StorageResult['backend'],
  where: string,
): Chart | undefined {
  const results = all.filter((result) => result.backend === backend);
  const callerCounts = [...new Set(results.map(({ callers }) => callers))];
  if (results.length === 0) return undefined;
  const calls = [...new Set(results.map(({ call }) => call))].reverse();
  const panelWidth = 400;
  const left = 190;
  return {
    name: `storages-${backend.toLowerCase()}`,
    title: `Session storages on ${backend}`,
    width: left + callerCounts.length * panelWidth + 10,
    height: 168 + calls.length * 66,
    option: {
      title: [
        titled(
          `Session storages on ${backend}`,
          "Time per call as a multiple of the official storage's, and in µs. Shorter is faster; bars end at 2×.",
          where,
        ),
        ...callerCounts.map((callers, panel) => ({
          text: callers === 1 ? '1 caller' : `${callers} callers at once`,
          left: left + panel * panelWidth,
          top: 114,
          textStyle: { fontSize: 13, color: colours.text },
        })),
      ].flat(),
      legend: {
        left: 12,
        top: 82,
        itemGap: 34,
        itemWidth: 14,
        itemHeight: 10,
        textStyle: { color: colours.text, fontSize: 12 },
        data: shown.map(({ label }) => label),
      },
      grid: callerCounts.map((_, panel) => ({
        left: left + panel * panelWidth,
        width: panelWidth - 120,
        top: 140,
        bottom: 14,
      })),
      xAxis: callerCounts.map((_, panel) => ({
        gridIndex: panel,
        type: 'value' as const,
        max: 2,
        axisLabel: { show: false },
        splitLine: { show: false },
      })),
      yAxis: callerCounts.map((_, panel) => ({
        gridIndex: panel,
        type: 'category' as const,
        data: calls,
        axisLabel: { show: panel === 0, color: colours.text, fontSize: 13 },
        axisTick: { show: false },
      })),
      series: callerCounts.flatMap((callers, panel) =>
        shown.map(({ name, label, colour }) => ({
          name: label,
          type: 'bar' as const,
          xAxisIndex: panel,
          yAxisIndex: panel,
          barGap: '12%',
          barCategoryGap: '22%',
          itemStyle: {
            color: colour,
            borderRadius: [0, 2, 2, 0] as [number, number, number, number],
          },
          label: { show: true, position: 'right' as const, fontSize: 11, color: colours.faint },
          data: calls.map((call) => {
            const result = results.find((one) => one.call === call && one.callers === callers);
            const measured = result?.measurements.find((one) => one.name === name);
            if (measured === undefined) return { value: '-' };
            const { ratio, wall } = measured;
            return {
              // What is longer is cut: its label says so.
              value: Math.min(ratio.median, 2),
              label: { formatter: `${ratio.median.toFixed(2)}×  ${microseconds(wall.median)}` },
            };
          }),
        })),
      ),
    },
  };
}

function microseconds(value: number): string {
  return `${value < 100 ? value.toPrecision(2) : Math.round(value).toLocaleString('en')} µs`;
}
