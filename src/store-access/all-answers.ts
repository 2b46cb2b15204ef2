// Waits for several statements that are under way together.

/** All answers; if one fails its error, once the others have ended: nothing is sent after it is thrown. */
export async function allAnswers<T>(answers: readonly Promise<T>[]): Promise<T[]> {
  await Promise.allSettled(answers);
  return Promise.all(answers);
}

/** All answers of `work`, of which so many are under way together. After one that fails no others begin. */
export async function answersInTurn<T, R>(
  items: readonly T[],
  together: number,
  work: (item: T) => Promise<R>,
): Promise<R[]> {
  const answers: R[] = [];
  for (let start = 0; start < items.length; start += together) {
    answers.push(...(await allAnswers(items.slice(start, start + together).map(work))));
  }
  return answers;
}
