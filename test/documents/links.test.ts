// The links between the documents lead somewhere, in the repository and on the registry's page.
import { existsSync, statSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path/posix';
import { expect, test } from 'vitest';
import { documents, documentText, repository } from './documents.js';

/** A document without its code, where brackets are not links and `#` is not a title. */
const proseOf = (document: string): string =>
  documentText(document)
    .replace(/^( *)```[\s\S]*?^ *```$/gm, '')
    .replace(/(`+)[^`\n]+\1(?!\])/g, (code) => code.replaceAll(/[[\]]/g, ''));

/** The anchors that the repository's host makes of a document's titles. */
function anchorsOf(document: string): string[] {
  const seen = new Map<string, number>();
  return [...proseOf(document).matchAll(/^#+ (.+)$/gm)].map(([, title = '']) => {
    const anchor = title
      .toLowerCase()
      .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
      .replace(/[^\p{L}\p{N}\s_-]/gu, '')
      .replaceAll(/\s/g, '-');
    const before = seen.get(anchor) ?? 0;
    seen.set(anchor, before + 1);
    return before === 0 ? anchor : `${anchor}-${before}`;
  });
}

const linksOf = (document: string): string[] =>
  [...proseOf(document).matchAll(/\]\(([^)\s]+)\)|(?:src|srcset|href)="([^"]+)"/g)].map(
    ([, ofMarkdown, ofHtml]) => ofMarkdown ?? ofHtml ?? '',
  );

/** The file that a link of a document leads to, by its path from the repository's folder. */
const targetOf = (document: string, path: string): string =>
  path === '' ? document : normalize(join(dirname(document), path));

test.each(documents)('%s links only to titles and files that exist', (document) => {
  const broken = linksOf(document).filter((link) => {
    if (/^https:/.test(link)) return false;
    const [path = '', anchor] = link.split('#');
    const target = targetOf(document, path);
    if (!existsSync(new URL(target, repository))) return true;
    return anchor !== undefined && !anchorsOf(target).includes(anchor);
  });
  expect(broken).toEqual([]);
});

test.each(documents)('%s is reached from README.md by links', (document) => {
  const reached = new Set(['README.md']);
  for (const from of reached) {
    if (!from.endsWith('.md')) continue;
    for (const link of linksOf(from)) {
      if (/^https:/.test(link)) continue;
      const target = targetOf(from, link.split('#')[0] ?? '');
      if (statSync(new URL(target, repository), { throwIfNoEntry: false })?.isFile()) {
        reached.add(target);
      }
    }
  }
  expect([...reached]).toContain(document);
});

test('package.json names the repository that the registry resolves relative links against', () => {
  const { repository: named } = JSON.parse(documentText('package.json'));
  expect(named).toEqual({
    type: 'git',
    url: expect.stringMatching(/^git\+https:\/\/github\.com\/[\w-]+\/[\w.-]+\.git$/),
  });
});

// The registry's page shows README.md, with relative links resolved against the `repository` of
// package.json: a file's path from the folder of the repository, never above it.
test.each(documents)('%s has no link that resolves outside the repository', (document) => {
  const outside = linksOf(document).filter((link) => {
    if (/^https:/.test(link)) return false;
    return (
      /^(\/|[a-z]+:)/.test(link) || targetOf(document, link.split('#')[0] ?? '').startsWith('..')
    );
  });
  expect(outside).toEqual([]);
});

test('README.md can be read in ten minutes: it has at most 250 lines, the rest is in docs', () => {
  expect(documentText('README.md').trimEnd().split('\n').length).toBeLessThanOrEqual(250);
});
