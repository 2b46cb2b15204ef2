// The table that the long version prints: a row for each fault and storage.
import type { FaultOutcome } from './run-fault.js';

type Column = readonly [title: string, cell: (outcome: FaultOutcome) => string | number];

const columns: readonly Column[] = [
  ['acknowledged', ({ acknowledged }) => acknowledged],
  ['failed', ({ failed }) => failed],
  ['lost', ({ lost }) => lost],
  ['late', ({ late }) => late],
  ['denied', ({ denied }) => denied],
  ['wrong shop', ({ wrongShop }) => wrongShop],
  ['misfound', ({ misfound }) => misfound],
  ['left', ({ left }) => left],
  ['hung', ({ hung }) => hung],
  ['longest answer (deadlines)', ({ longest }) => longest.toFixed(2)],
  ['longest stall of a process (deadlines)', ({ stall }) => stall.toFixed(2)],
  [
    'recovered after (deadlines)',
    ({ recovered, crashes }) =>
      crashes.length > 0 ? 'process ended' : (recovered?.toFixed(2) ?? 'never'),
  ],
  ['last failure after (deadlines)', ({ lastFailure }) => lastFailure.toFixed(2)],
  [
    'errors',
    ({ errors }) =>
      Object.entries(errors)
        .map(([code, count]) => `${code} ${count}`)
        .join(', '),
  ],
];

/** Collects rows and prints them as Markdown. */
export class FaultTable {
  readonly #rows: string[] = [];

  add(fault: string, subject: string, outcome: FaultOutcome): void {
    this.#rows.push(row([fault, subject, ...columns.map(([, cell]) => cell(outcome))]));
  }

  toString(): string {
    const titles = ['fault', 'storage', ...columns.map(([title]) => title)];
    return [row(titles), row(titles.map(() => '---')), ...this.#rows].join('\n');
  }
}

const row = (cells: readonly (string | number)[]) => `| ${cells.join(' | ')} |`;
