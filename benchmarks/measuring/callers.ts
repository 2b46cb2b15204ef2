// Many callers at once, each waiting for its own answer before it calls again, as requests do.

/**
 * Makes `calls` calls from `callers` callers.
 *
 * @param call Makes the call with this number, from 0.
 */
export async function callFrom(
  callers: number,
  calls: number,
  call: (index: number) => Promise<unknown>,
): Promise<void> {
  let next = 0;
  const caller = async () => {
    while (next < calls) await call(next++);
  };
  await Promise.all(Array.from({ length: Math.min(callers, calls) }, caller));
}
