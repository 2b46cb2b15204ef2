// Counts and lists as lines, in columns.
import type { TooShortColumn } from '../index.js';
import { formatCount } from './printable.js';

/** How many sessions of a kind are printed; --json has all. */
const shownAtMost = 20;

/** A label, its number, and a note. */
export type Count = readonly [label: string, count: number, note?: string | undefined];

/** Counts as lines, in columns. */
export function describeCounts(counts: readonly Count[]): string[] {
  const labelWidth = Math.max(...counts.map(([label]) => label.length));
  const numberWidth = Math.max(...counts.map(([, count]) => formatCount(count).length));
  return counts.map(([label, count, note]) => {
    const number = formatCount(count).padStart(numberWidth);
    return `${label.padEnd(labelWidth)}  ${number}${note === undefined ? '' : `  ${note}`}`;
  });
}

/** A title, the first items, and how many there are besides. */
export function describeList(title: string, items: readonly string[], total: number): string[] {
  if (total === 0) return [];
  const shown = items.slice(0, shownAtMost);
  const more = total - shown.length;
  return [
    `${title}:`,
    ...shown.map((item) => `  ${item}`),
    ...(more > 0 ? [`  and ${formatCount(more)} more; --json names all`] : []),
  ];
}

/** The columns that are too short, each with what makes room. */
export function describeColumns(columns: readonly TooShortColumn[]): string[] {
  return columns.map(
    ({ column, sessions, needs, holds, unit, remedy }) =>
      `Column ${column} holds ${formatCount(holds)} ${unit}, and ${formatCount(sessions)} ` +
      `${sessions === 1 ? 'session needs' : 'sessions need'} up to ${formatCount(needs)}. ${remedy}`,
  );
}
