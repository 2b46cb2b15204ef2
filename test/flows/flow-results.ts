// What the flows have shown, and the tables that docs/compatibility.md makes of it.
import { readFileSync } from 'node:fs';

/** One flow over one storage with one framework, as `npm run test:matrix` saw it. */
export interface FlowResult {
  readonly framework: string;
  readonly storage: string;
  readonly flow: string;
  readonly isWrapped: boolean;
  /** How many checks passed; 0 where the bare storage goes wrong. */
  readonly checks: number;
}

/** Where the results are kept. */
export const resultsFile = new URL('results.json', import.meta.url);

export const readResults = (): FlowResult[] => JSON.parse(readFileSync(resultsFile, 'utf8'));

/** The section `storages and flows` of docs/compatibility.md. */
export function flowTables(results: readonly FlowResult[]): string {
  const isLegacy = ({ framework }: FlowResult) => framework.startsWith('shopify-api');
  const current = results.filter((result) => !isLegacy(result));
  return [
    `Checks passed, bare / wrapped, by ${listOf(namesOf(current, 'framework'))} over each official storage. ✗: the bare storage goes wrong there.`,
    table(current, 'storage', 'flow'),
    'The same with the storages of old releases, which bring their own:',
    table(results.filter(isLegacy), 'framework', 'storage'),
  ].join('\n\n');
}

type Axis = 'framework' | 'storage' | 'flow';

function table(results: readonly FlowResult[], rows: Axis, columns: Axis): string {
  const titles = namesOf(results, columns);
  const lines = namesOf(results, rows).map((row) => {
    const cells = titles.map((column) =>
      cell(results.filter((result) => result[rows] === row && result[columns] === column)),
    );
    return `| ${[row, ...cells].join(' | ')} |`;
  });
  return [
    `| | ${titles.join(' | ')} |`,
    `|---|${titles.map(() => '---|').join('')}`,
    ...lines,
  ].join('\n');
}

function cell(results: readonly FlowResult[]): string {
  if (results.length === 0) return '';
  const sum = (isWrapped: boolean) =>
    results
      .filter((result) => result.isWrapped === isWrapped)
      .reduce((checks, result) => checks + result.checks, 0);
  const isWrong = results.some(({ checks }) => checks === 0);
  return `${isWrong ? '✗ ' : ''}${sum(false)} / ${sum(true)}`;
}

const namesOf = (results: readonly FlowResult[], axis: Axis): string[] => [
  ...new Set(results.map((result) => result[axis])),
];

const listOf = (names: readonly string[]): string =>
  `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
