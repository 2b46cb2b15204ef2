// Draws a chart as an SVG file with ECharts: on the server, without a browser.
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { EChartsOption } from 'echarts';
import { BarChart } from 'echarts/charts';
import { GridComponent, LegendComponent, TitleComponent } from 'echarts/components';
import { init, use } from 'echarts/core';
import { SVGRenderer } from 'echarts/renderers';
import { resultsFolder } from '../results.js';

use([BarChart, GridComponent, LegendComponent, TitleComponent, SVGRenderer]);

export interface Chart {
  /** The file, without `.svg`. */
  readonly name: string;
  /** What it shows, for those who cannot see it. */
  readonly title: string;
  readonly width: number;
  readonly height: number;
  readonly option: EChartsOption;
}

export const colours = {
  ours: '#3b6fd4',
  oursLight: '#9db8ea',
  official: '#8a8f98',
  others: '#c3c7cd',
  limit: '#2f9e6e',
  text: '#24292f',
  faint: '#6e7781',
} as const;

/** @returns The path of the file, from the repository. */
export async function writeChart({ name, title, width, height, option }: Chart): Promise<string> {
  const chart = init(null, null, { renderer: 'svg', ssr: true, width, height });
  chart.setOption({
    animation: false,
    backgroundColor: '#ffffff',
    textStyle: { fontFamily: 'system-ui, -apple-system, Segoe UI, Helvetica, Arial, sans-serif' },
    ...option,
  });
  const svg = chart
    .renderToSVGString()
    // The style sheet for a pointer over it: it is shown as a picture.
    .replace(/<style\s*>.*?<\/style>\s*/s, '')
    .replace('>', ` role="img"><title>${title}</title>`);
  chart.dispose();
  await mkdir(resultsFolder, { recursive: true });
  await writeFile(join(resultsFolder, `${name}.svg`), `${svg}\n`);
  return `benchmarks/results/${name}.svg`;
}

/** A title, with a line below it that says how to read the chart, and one where it comes from. */
export function titled(
  text: string,
  reading: string,
  where: string,
): NonNullable<EChartsOption['title']> {
  return {
    text,
    subtext: reading === '' ? where : `${reading}\n${where}`,
    left: 16,
    top: 12,
    itemGap: 6,
    textStyle: { fontSize: 17, color: colours.text },
    subtextStyle: { fontSize: 12.5, color: colours.faint, lineHeight: 17 },
  };
}
