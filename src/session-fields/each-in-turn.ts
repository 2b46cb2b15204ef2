// One thing after the other, without giving up control where nothing has to be waited for.

/**
 * Calls `action` for each item, in order, once the promise of the one before has resolved.
 *
 * @returns `undefined` when it is all done, as no action had to be waited for.
 */
export function eachInTurn<T>(
  items: readonly T[],
  action: (item: T) => Promise<void> | undefined,
): Promise<void> | undefined {
  for (const [index, item] of items.entries()) {
    const pending = action(item);
    if (pending !== undefined) {
      return pending.then(() => eachInTurn(items.slice(index + 1), action));
    }
  }
  return undefined;
}
