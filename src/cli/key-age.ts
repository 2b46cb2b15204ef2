// How old a key is, where its JWK says so.

/** In days; undefined where nothing says it. */
export function ageInDays(created: Date | undefined): number | undefined {
  return created === undefined ? undefined : (Date.now() - created.getTime()) / 86_400_000;
}

/** For people; a key of a clock that is ahead of ours, by up to a day, is new. */
export function describeAge(created: Date | undefined): string | undefined {
  const age = ageInDays(created);
  if (age === undefined || age < -1) return undefined;
  const days = Math.max(0, Math.floor(age));
  return `${days} ${days === 1 ? 'day' : 'days'}`;
}
