// Figures in the prose of the documents are those of the constants in the source.
import { expect, test } from 'vitest';
import { sourceText } from './docstrings.js';
import { documentText } from './documents.js';

const figures: [sentence: string, document: string, source: string, code: string][] = [
  [
    'looks at the file once a minute while',
    'docs/keys.md',
    'key-ring/key-file',
    'DEFAULT_REFRESH_INTERVAL = 60_000',
  ],
  [
    'and a minute has passed, or `refreshInterval`',
    'docs/keys.md',
    'key-ring/key-source',
    'DEFAULT_REFRESH_INTERVAL',
  ],
  [
    'lacks, at most once a second',
    'docs/keys.md',
    'key-ring/key-source',
    'SHORTEST_INTERVAL = 1_000',
  ],
  ['takes longer than 10 seconds', 'docs/keys.md', 'key-ring/key-source', 'LOAD_TIMEOUT = 10_000'],
  ['is 12 hexadecimal digits', 'docs/keys.md', 'key-ring/sealing-key', 'digest.subarray(0, 6)'],
  ['A key is 32 random bytes', 'docs/keys.md', 'key-ring/content-encryption', 'A256GCM: 32'],
  [
    '"A256CBC-HS512"` (64 bytes)',
    'docs/keys.md',
    'key-ring/content-encryption',
    "'A256CBC-HS512': 64",
  ],
  ['1 to 32 of `A-Z a-z 0-9 . _ -`', 'docs/keys.md', 'key-ring/key-entry', '{1,32}'],
  ['first 12 bytes of SHA-256', 'SECURITY.md', 'sealed-token/context', 'CONTEXT_LENGTH = 16'],
];

test.each(figures)('%s', (sentence, document, source, code) => {
  expect(documentText(document).replaceAll(/\s+/g, ' ')).toContain(sentence);
  expect(sourceText(`src/${source}.ts`)).toContain(code);
});
