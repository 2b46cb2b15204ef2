// The table of what the package was tried with: printed, and as docs/compatibility.md has it.
import { readFileSync } from 'node:fs';
import type { RowResult } from './row.js';

export const resultsFile = new URL('results.json', import.meta.url);

/** What the last whole run found. */
export function readResults(): RowResult[] {
  return JSON.parse(readFileSync(resultsFile, 'utf8')) as RowResult[];
}

export function printTable(results: readonly RowResult[]): void {
  const lines = results.map(({ tool, version, done, result }) => [tool, version, done, result]);
  const widths = [0, 1, 2].map((i) => Math.max(0, ...lines.map((line) => line[i]?.length ?? 0)));
  const text = lines.map((line) => line.map((cell, i) => cell.padEnd(widths[i] ?? 0)).join('  '));
  console.log(`\n${text.join('\n')}\n`);
}

/** In Markdown. */
export function markdownTable(results: readonly RowResult[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  const cells = ({ tool, version, done, result }: RowResult) => [tool, version, done, result];
  return [
    line(['Tool or runtime', 'Version', 'What was done', 'Result']),
    '|---|---|---|---|',
    ...results.map((result) => line(cells(result))),
  ].join('\n');
}
