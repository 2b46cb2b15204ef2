// What the error of one call to a store says of its write. Of a run of many, its report says it.

/** Sentences, with the space before them. */
export const writeOutcomes = {
  none: ' Nothing was written.',
  unknown: ' The write may have taken effect all the same.',
} as const;

/** The message of one call without what it says of its write. */
export function withoutWriteOutcome(message: string): string {
  return Object.values(writeOutcomes).reduce((text, outcome) => text.replace(outcome, ''), message);
}
