// Waits for a database no longer than its deadline: a driver may wait for an answer without an end.

/** The database did not answer in time. */
export class LateError extends Error {}

/** @throws {LateError} There was no answer within `deadline` milliseconds. */
export async function within<T>(deadline: number, answer: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => reject(new LateError(`It did not answer within ${deadline} ms.`)),
      deadline,
    );
  });
  try {
    return await Promise.race([answer, late]);
  } finally {
    clearTimeout(timer);
  }
}
