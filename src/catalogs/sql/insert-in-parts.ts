// Inserts many rows in few statements, although the database may not take some of them.
import { hadNoEffect, NotSentError } from '../../store-access/index.js';

/** Characters in one statement. MySQL may take no more than a megabyte (`max_allowed_packet`). */
const charactersAtOnce = 250_000;
/** Of fewer rows that are refused together, each is left to be tried by itself. */
const fewest = 8;

/**
 * Inserts rows, several at once. Where a statement is refused for one of its rows, its halves are inserted by
 * themselves.
 *
 * @param atOnce How many of so many rows are inserted in one statement.
 * @param insert Inserts rows, and answers those that were stored. If it fails, none of them is.
 * @returns The rows that were stored.
 */
export async function insertInParts<Row extends { readonly values: readonly unknown[] }>(
  rows: readonly Row[],
  atOnce: (count: number) => Promise<number> | number,
  insert: (rows: readonly Row[]) => Promise<readonly Row[]>,
): Promise<Row[]> {
  const stored: Row[] = [];
  for (let start = 0; start < rows.length; ) {
    const size = await atOnce(withinLength(rows, start));
    stored.push(...(await insertOrHalve(rows.slice(start, start + size), insert)));
    start += size;
  }
  return stored;
}

async function insertOrHalve<Row>(
  rows: readonly Row[],
  insert: (rows: readonly Row[]) => Promise<readonly Row[]>,
): Promise<readonly Row[]> {
  try {
    return await insert(rows);
  } catch (error) {
    if (!hadNoEffect(error) || error instanceof NotSentError) throw error;
    if (rows.length < 2 * fewest) return [];
    const half = Math.floor(rows.length / 2);
    return [
      ...(await insertOrHalve(rows.slice(0, half), insert)),
      ...(await insertOrHalve(rows.slice(half), insert)),
    ];
  }
}

/** How many rows from `start` on are not too long for one statement; at least one. */
function withinLength(
  rows: readonly { readonly values: readonly unknown[] }[],
  start: number,
): number {
  let length = 0;
  for (let at = start; at < rows.length; at++) {
    for (const value of rows[at]?.values ?? []) length += String(value).length;
    if (length > charactersAtOnce) return Math.max(1, at - start);
  }
  return rows.length - start;
}
