// The links between the documents lead somewhere.
import { existsSync } from 'node:fs';
import { expect, test } from 'vitest';
import { documentText, repository } from './documents.js';

const documents = ['README.md', 'SECURITY.md', 'CHANGELOG.md'];

/** The anchors that the repository's host makes of a document's titles. */
const anchorsOf = (document: string): string[] =>
  [...documentText(document).matchAll(/^#+ (.+)$/gm)].map(([, title = '']) =>
    title
      .toLowerCase()
      .replace(/[^\w\s-]/g, '')
      .replaceAll(/\s/g, '-'),
  );

const linksOf = (document: string): string[] =>
  [...documentText(document).matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = '']) => target);

test.each(documents)('%s links only to titles and files that exist', (document) => {
  const broken = linksOf(document).filter((link) => {
    if (/^https:/.test(link)) return false;
    const [path = '', anchor] = link.split('#');
    const target = path === '' ? document : path;
    if (!existsSync(new URL(target, repository))) return true;
    return anchor !== undefined && !anchorsOf(target).includes(anchor);
  });
  expect(broken).toEqual([]);
});
