// The table of what the package was tried with: printed, and as docs/compatibility.md has it.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { writeSection } from '../documents/generated-sections.js';
import type { Row, RowResult } from './row.js';

const resultsFile = new URL('results.json', import.meta.url);

/** What was found when each row was last tried. */
export function readResults(): RowResult[] {
  if (!existsSync(resultsFile)) return [];
  return JSON.parse(readFileSync(resultsFile, 'utf8')) as RowResult[];
}

/** Writes results.json and the document. Keeps the earlier results of those of `rows` that were not tried. */
export function writeResults(found: readonly RowResult[], rows: readonly Row[]): void {
  const earlier = readResults();
  const all = rows.flatMap(({ part, tool, done }) => {
    const isIt = (result: RowResult) =>
      result.part === part && result.tool === tool && result.done === done;
    return found.find(isIt) ?? earlier.find(isIt) ?? [];
  });
  writeFileSync(resultsFile, `${JSON.stringify(all, null, 2)}\n`);
  writeSection('docs/compatibility.md', 'runtimes', markdownTable(all));
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
