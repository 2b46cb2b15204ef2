// Does something for each of several things, some of them at the same time.

/** How many sessions are written at once to a store that takes one at a time. */
const atOnce = 16;

/**
 * Calls `run` for every item, up to 16 at the same time.
 *
 * @throws What `run` throws first, once the others that had begun are done; no more are begun.
 */
export async function severalAtOnce<T>(
  items: readonly T[],
  run: (item: T) => Promise<void>,
): Promise<void> {
  const rest = items.values();
  let failure: { readonly error: unknown } | undefined;
  const worker = async () => {
    for (const item of rest) {
      if (failure !== undefined) return;
      try {
        await run(item);
      } catch (error) {
        failure ??= { error };
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, items.length) }, worker));
  if (failure !== undefined) throw failure.error;
}
