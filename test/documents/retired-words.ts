// Words and turns of phrase that this project does not use, and what it says in their place.

/** What is retired, where it matches, and what to write. */
export interface RetiredWord {
  readonly pattern: RegExp;
  readonly instead: string;
}

/** In documents and in the sources alike. */
export const retiredWords: readonly RetiredWord[] = [
  { pattern: /\bmeans? nothing\b/i, instead: 'is invalid' },
  { pattern: /(?<!\bthere )\bis no (?!longer\b|more\b|less\b|other\b)/i, instead: 'is not a' },
  { pattern: /\b(?:has|have|had) (?:it|them|one) not\b/i, instead: 'lacks it' },
  { pattern: /\bwhoever\b/i, instead: 'anyone who' },
  { pattern: /\b(?:by|to|from|for|of|with|if|that) who\b/i, instead: 'anyone who' },
  { pattern: /(?:^|[.:;(] )Who (?:has|have|knows|reads|can|may|needs)\b/, instead: 'Anyone who' },
  { pattern: /\banew\b/i, instead: 'again' },
  { pattern: /\bmeanwhile\b/i, instead: 'since then, at the same time' },
  { pattern: /\bin hand\b/i, instead: 'in progress' },
  { pattern: /\b(?:is|are|was|were|not|one|than|those) asked for\b/i, instead: 'requested' },
  { pattern: /\btells\b/, instead: 'reports, shows' },
  { pattern: /\b(?:is|are|be|not) waited for\b/i, instead: 'awaited' },
  { pattern: /\binner (?:session )?storage\b/i, instead: 'wrapped storage' },
];

/** In documents only: what users wrap has one name. */
export const retiredInDocuments: readonly RetiredWord[] = [
  { pattern: /\bstorage that you wrap\b/i, instead: 'wrapped storage' },
  { pattern: /\bdecorator\b/i, instead: 'wrapper' },
  { pattern: /(?<=\S )(?<!\bkey )\brings?\b/i, instead: 'key ring' },
  { pattern: /\b(?:encrypted value|decrypts? the token)\b/i, instead: 'sealed token, open' },
];

/** Every line of a text that has a retired word, with what to write in its place. */
export function retiredIn(
  text: string,
  words: readonly RetiredWord[],
): { readonly line: string; readonly instead: string }[] {
  return text
    .split('\n')
    .flatMap((line, index) =>
      words
        .filter(({ pattern }) => pattern.test(line))
        .map(({ instead }) => ({ line: `${index + 1}: ${line.trim()}`, instead })),
    );
}
