// How long the package takes to import, and how much room it takes on the disk.
import { PACKAGE, type PackageCostResult } from '../package-cost/measure-package-cost.js';
import { type Chart, colours, titled } from './chart-file.js';

export function packageCostChart({ imports, sizes }: PackageCostResult, where: string): Chart {
  const panels = [
    {
      title: 'Import in a new process, ms',
      rows: imports.map(({ module, time }) => ({ name: module, value: time.median })),
    },
    {
      title: 'On the disk with its dependencies, kB',
      rows: sizes.map((size) => ({ name: size.package, value: size.bytes / 1000 })),
    },
  ].map((panel) => ({ ...panel, rows: panel.rows.sort((a, b) => b.value - a.value) }));
  const left = 300;
  const panelWidth = 590;
  return {
    name: 'package-cost',
    title: 'What the package costs',
    width: panels.length * panelWidth,
    height: 116 + Math.max(...panels.map(({ rows }) => rows.length)) * 34,
    option: {
      title: [
        titled('What the package costs', '', where),
        ...panels.map(({ title }, panel) => ({
          text: title,
          left: panel * panelWidth + 16,
          top: 66,
          textStyle: { fontSize: 13, color: colours.text },
        })),
      ].flat(),
      grid: panels.map((_, panel) => ({
        left: panel * panelWidth + left,
        width: panelWidth - left - 80,
        top: 96,
        bottom: 12,
      })),
      xAxis: panels.map((_, panel) => ({
        gridIndex: panel,
        type: 'value' as const,
        axisLabel: { show: false },
        splitLine: { show: false },
      })),
      yAxis: panels.map(({ rows }, panel) => ({
        gridIndex: panel,
        type: 'category' as const,
        data: rows.map(({ name }) => name),
        axisLabel: { color: colours.text, fontSize: 12.5 },
        axisTick: { show: false },
      })),
      series: panels.map(({ rows }, panel) => ({
        type: 'bar' as const,
        xAxisIndex: panel,
        yAxisIndex: panel,
        barWidth: 20,
        label: { show: true, position: 'right' as const, color: colours.text, fontSize: 12 },
        data: rows.map(({ name, value }) => ({
          value,
          itemStyle: {
            color: name.startsWith(PACKAGE) ? colours.ours : colours.others,
            borderRadius: [0, 3, 3, 0] as [number, number, number, number],
          },
          label: {
            formatter: value < 10 ? value.toFixed(1) : Math.round(value).toLocaleString('en'),
          },
        })),
      })),
    },
  };
}
