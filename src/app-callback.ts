// Calls functions that the app has given, of which nothing that they do can do harm.

/** Calls `callback`, if there is one, and does not wait for it. What it throws, or rejects with, is its own. */
export function callSafely<Values extends readonly unknown[]>(
  callback: ((...values: Values) => unknown) | undefined,
  ...values: Values
): void {
  try {
    const result = callback?.(...values);
    // One that is async and rejects must not become an unhandled rejection, which ends the process.
    if (result !== undefined) Promise.resolve(result).catch(() => {});
  } catch {
    // The callback's own failure. The work goes on.
  }
}
