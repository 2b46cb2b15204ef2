// The table that the long version prints at its end, as Markdown: a row for each fault and storage.
import type { FaultOutcome } from './run-fault.js';
import { isToCompare, type SubjectName } from './subjects.js';

/** What a test leaves for the table. */
export interface FaultRow {
  readonly fault: string;
  readonly subject: SubjectName;
  readonly outcome: FaultOutcome;
}

declare module 'vitest' {
  interface TaskMeta {
    fault?: FaultRow;
  }
}

type Column = readonly [title: string, cell: (outcome: FaultOutcome) => string | number];

const columns: readonly Column[] = [
  ['acknowledged', ({ acknowledged }) => acknowledged],
  ['lost', ({ lost }) => lost],
  ['wrong shop', ({ wrongShop }) => wrongShop],
  ['left after uninstall', ({ left }) => left],
  ['longest answer (deadlines)', ({ longest }) => longest.toFixed(2)],
  [
    'recovered after (deadlines)',
    ({ recovered, crashes }) =>
      crashes.length > 0 ? 'process ended' : (recovered?.toFixed(2) ?? 'never'),
  ],
];

/** What explains a row. */
const details: readonly Column[] = [
  ['failed', ({ failed }) => failed],
  ['late', ({ late }) => late],
  ['denied', ({ denied }) => denied],
  ['misfound', ({ misfound }) => misfound],
  ['hung', ({ hung }) => hung],
  ['longest stall of a process (deadlines)', ({ stall }) => stall.toFixed(2)],
  ['last failure after (deadlines)', ({ lastFailure }) => lastFailure.toFixed(2)],
  [
    'errors',
    ({ errors }) =>
      Object.entries(errors)
        .map(([code, count]) => `${code} ${count}`)
        .join(', '),
  ],
];

/** The details, and below them the table. Ours come first, then what they are compared with. */
export function faultTable(rows: readonly FaultRow[]): string {
  const compared = rows.filter(({ subject }) => isToCompare(subject));
  const ours = rows.filter(({ subject }) => !isToCompare(subject));
  const ordered = [...ours, ...compared];
  return `${tableOf(ordered, details)}\n\n${tableOf(ordered, columns)}\n\n${summary(ours)}`;
}

function tableOf(rows: readonly FaultRow[], shown: readonly Column[]): string {
  const titles = ['fault', 'storage', ...shown.map(([title]) => title)];
  return [
    line(titles),
    line(titles.map(() => '---')),
    ...rows.map(({ fault, subject, outcome }) =>
      line([fault, subject, ...shown.map(([, cell]) => cell(outcome))]),
    ),
  ].join('\n');
}

function summary(rows: readonly FaultRow[]): string {
  const outcomes = rows.map(({ outcome }) => outcome);
  const sum = (name: 'acknowledged' | 'lost' | 'late' | 'wrongShop' | 'left' | 'hung') =>
    outcomes.reduce((total, outcome) => total + outcome[name], 0);
  const most = (number: (outcome: FaultOutcome) => number) =>
    Math.max(0, ...outcomes.map(number)).toFixed(2);
  return [
    `${rows.length} rows of ours: ${sum('acknowledged')} acknowledged, ${sum('lost')} lost`,
    `${sum('late')} late, ${sum('wrongShop')} wrong shop, ${sum('left')} left, ${sum('hung')} hung`,
    `longest answer ${most(({ longest }) => longest)} deadlines`,
    `recovered after at most ${most(({ recovered = 0 }) => recovered)} deadlines`,
  ].join(', ');
}

const line = (cells: readonly (string | number)[]) => `| ${cells.join(' | ')} |`;
