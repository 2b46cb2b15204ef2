// The statements of one call: how they are sent, and what the answer to a write says.

/**
 * Sends a statement of a call, again if it fails for a reason that passes.
 *
 * @param writes Whether it makes the change that the call is for.
 */
export type Send = <T>(
  statement: (signal: AbortSignal) => Promise<T>,
  writes?: boolean,
) => Promise<T>;

/** Characters of values in one statement. MySQL may take no more than a megabyte (`max_allowed_packet`). */
const charactersAtOnce = 250_000;

/** How many rows, from the first on, are not too long for one statement; at least one. */
export function withinLength(rows: readonly { readonly values: readonly unknown[] }[]): number {
  let length = 0;
  for (const [at, { values }] of rows.entries()) {
    for (const value of values) length += String(value).length;
    if (length > charactersAtOnce) return Math.max(1, at);
  }
  return rows.length;
}

/** Whether the answer to a write says that something was changed. */
export function saysOfChange(answer: unknown): boolean {
  if (Array.isArray(answer)) return answer.some(saysOfChange);
  return answer !== false && answer !== 0;
}
