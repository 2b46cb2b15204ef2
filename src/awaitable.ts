// Work that is done at once where it can be, and awaited where it cannot: node:crypto seals and opens without
// a wait, so a wrapped storage is called in the same moment as it would be without the wrapper. WebCrypto, a key
// ring that is being loaded and functions of the app are awaited. One path serves both.

/** What is there, or is promised. Its error is thrown, or is what the promise rejects with. */
export type Awaitable<T> = T | Promise<T>;

/** Whether it is promised. By its method: an app may have replaced the global `Promise`. */
export function isPromised<T>(value: Awaitable<T>): value is Promise<T> {
  return typeof (value as { readonly then?: unknown } | null | undefined)?.then === 'function';
}

/** Goes on with a value: at once if it is there. */
export function whenDone<T, R>(
  value: Awaitable<T>,
  next: (value: T) => Awaitable<R>,
): Awaitable<R> {
  return isPromised(value) ? value.then(next) : next(value);
}

/** What `work` answers; if it fails, what `recover` makes of its error. */
export function orElse<T>(
  work: () => Awaitable<T>,
  recover: (error: unknown) => Awaitable<T>,
): Awaitable<T> {
  try {
    const value = work();
    return isPromised(value) ? value.catch(recover) : value;
  } catch (error) {
    return recover(error);
  }
}

/** Works on each item, one after the other: the next begins when the last is done. */
export function eachInTurn<T>(
  items: readonly T[],
  work: (item: T) => Awaitable<void>,
): Awaitable<void> {
  let begun = 0;
  for (const item of items) {
    begun++;
    const done = work(item);
    if (isPromised(done)) return done.then(() => eachInTurn(items.slice(begun), work));
  }
}
