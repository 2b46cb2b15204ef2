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

/** Whether the answer to a write says that something was changed. */
export function saysOfChange(answer: unknown): boolean {
  if (Array.isArray(answer)) return answer.some(saysOfChange);
  return answer !== false && answer !== 0;
}
