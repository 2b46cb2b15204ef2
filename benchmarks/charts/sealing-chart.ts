// How long a seal and an open take, relative to the bare cipher.
import type { SealingResult } from '../sealing/measure-sealing.js';
import { BARE, BARE_POOLED } from '../sealing/sealers.js';
import { type Chart, colours, titled } from './chart-file.js';

export function sealingChart(results: readonly SealingResult[], where: string): Chart | undefined {
  const short = results.find(({ tokenLength }) => tokenLength === 38);
  if (short === undefined) return undefined;
  const rows = short.measurements
    .filter(({ name }) => name !== BARE_POOLED)
    .sort((a, b) => b.ratio.median - a.ratio.median);
  return {
    name: 'sealing',
    title: 'Sealing and opening an access token',
    width: 860,
    height: 140 + rows.length * 34,
    option: {
      title: titled(
        'Sealing and opening an access token',
        'Time for one seal plus one open of 38 characters, as a multiple of the bare AES-256-GCM cipher; logarithmic.',
        where,
      ),
      grid: { left: 270, right: 200, top: 86, bottom: 36 },
      xAxis: {
        type: 'log',
        min: 0.5,
        startValue: 0.5,
        axisLabel: { formatter: (value: number) => `${value}×`, color: colours.faint },
        splitLine: { lineStyle: { color: '#eaeef2' } },
      },
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
          data: rows.map((row) => ({
            value: row.ratio.median,
            itemStyle: { color: colourOf(row.name), borderRadius: [0, 3, 3, 0] },
            label: {
              formatter: `${row.ratio.median.toFixed(row.ratio.median < 10 ? 2 : 0)}×   {faint|${row.wall.median.toFixed(0)} µs, ${row.sealedLength} characters}`,
            },
          })),
          label: {
            show: true,
            position: 'right',
            color: colours.text,
            fontSize: 13,
            rich: { faint: { color: colours.faint, fontSize: 12 } },
          },
        },
      ],
    },
  };
}

function colourOf(name: string): string {
  if (name === BARE) return colours.limit;
  return name.startsWith('ours') ? colours.ours : colours.others;
}
