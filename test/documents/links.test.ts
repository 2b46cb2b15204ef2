// The links between the documents lead somewhere, in the repository and on the registry's page.
import { execFileSync } from 'node:child_process';
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

/** Where files are that only the repository has. */
const host = `${JSON.parse(documentText('package.json')).homepage.split('#')[0]}/`;

/** Whether a link leads to another site. */
const isElsewhere = (link: string) => /^https:/.test(link) && !link.startsWith(host);

/** The file that a link of a document leads to, by its path from the repository's folder. */
const targetOf = (document: string, path: string): string => {
  if (path.startsWith(host))
    return path.slice(host.length).replace(/^(blob|tree)\/main\/|\?.*$/g, '');
  return path === '' ? document : normalize(join(dirname(document), path));
};

test.each(documents)('%s links only to titles and files that exist', (document) => {
  const broken = linksOf(document).filter((link) => {
    if (isElsewhere(link)) return false;
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
      if (isElsewhere(link)) continue;
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

/** The files of the package, as it is published. */
function publishedFiles(): ReadonlySet<string> {
  const npm = ['pack', '--dry-run', '--json', '--ignore-scripts'];
  const output = execFileSync('npm', npm, { cwd: repository, encoding: 'utf8' });
  const [{ files }] = Object.values<{ files: { path: string }[] }>(JSON.parse(output)) as [
    { files: { path: string }[] },
  ];
  return new Set(files.map(({ path }) => path));
}

test('a published document links to files that are published beside it, and to others by their address', () => {
  const published = publishedFiles();
  expect([...published]).toEqual(expect.arrayContaining(['SECURITY.md', 'docs/operating.md']));
  const wrong = documents
    .filter((document) => published.has(document))
    .flatMap((document) =>
      linksOf(document)
        .filter((link) => !isElsewhere(link))
        .filter((link) => {
          const target = targetOf(document, link.split('#')[0] ?? '');
          return published.has(target) === link.startsWith(host);
        })
        .map((link) => `${document}: ${link}`),
    );
  expect(wrong).toEqual([]);
});

test('README.md can be read in ten minutes: it has at most 250 lines, the rest is in docs', () => {
  expect(documentText('README.md').trimEnd().split('\n').length).toBeLessThanOrEqual(250);
});
