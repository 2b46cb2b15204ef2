// Waits for several statements that are under way together.

/** All answers; if one fails its error, once the others have ended: nothing is sent after it is thrown. */
export async function allAnswers<T>(answers: readonly Promise<T>[]): Promise<T[]> {
  await Promise.allSettled(answers);
  return Promise.all(answers);
}
