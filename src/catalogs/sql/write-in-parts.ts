// Writes many rows in few statements, although the database may not take some of them.
import { isRefused } from '../../store-access/index.js';

/** Of fewer rows that are refused together, each is left to be tried by itself. */
const fewest = 8;
/** After so many refused statements, all other rows that are refused together are left as well. */
const refusalsAtMost = 50;

/**
 * Writes rows, several at once. Where a statement is refused for one of its rows, its halves are written by
 * themselves.
 *
 * @param atOnce How many of the rows that are left go into one statement.
 * @param write Writes rows, and answers those that were written. If it fails, none of them is.
 * @returns The rows that were written.
 */
export async function writeInParts<Row>(
  rows: readonly Row[],
  atOnce: (left: readonly Row[]) => Promise<number> | number,
  write: (rows: readonly Row[]) => Promise<readonly Row[]>,
): Promise<Row[]> {
  let refusals = 0;
  const writeOrHalve = async (part: readonly Row[]): Promise<readonly Row[]> => {
    try {
      return await write(part);
    } catch (error) {
      if (!isRefused(error)) throw error;
      if (part.length < 2 * fewest || ++refusals > refusalsAtMost) return [];
      const half = Math.floor(part.length / 2);
      return [
        ...(await writeOrHalve(part.slice(0, half))),
        ...(await writeOrHalve(part.slice(half))),
      ];
    }
  };
  const written: Row[] = [];
  for (let start = 0; start < rows.length; ) {
    const left = rows.slice(start);
    const part = left.slice(0, await atOnce(left));
    written.push(...(await writeOrHalve(part)));
    start += part.length;
  }
  return written;
}
