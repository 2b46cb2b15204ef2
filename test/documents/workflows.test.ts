// The workflows of the repository's host do what .ci/run does, with no more rights than they need.
import { existsSync, readdirSync } from 'node:fs';
import { expect, test } from 'vitest';
import { unitTests } from '../../vitest.unit.config.js';
import { documentText, repository } from './documents.js';

const folder = '.github/workflows/';
const workflows = readdirSync(new URL(folder, repository)).map((name) => `${folder}${name}`);

/** The npm commands of a text, with their arguments, in order. */
const npmCommands = (text: string): string[] =>
  [...text.matchAll(/^(?:\s*(?:- )?run: )?(npm (?:ci|test|run)\b.*)$/gm)].map(
    ([, command = '']) => command,
  );

test.each(workflows)('%s pins every action to a commit, and names its version', (workflow) => {
  const uses = [...documentText(workflow).matchAll(/uses: (.+)$/gm)].map(([, action]) => action);
  expect(uses.length).toBeGreaterThan(0);
  for (const action of uses) {
    expect(action).toMatch(/^[\w.-]+\/[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
  }
});

test.each(workflows)('%s gives no right to all jobs', (workflow) => {
  expect(documentText(workflow)).toMatch(/^permissions: \{\}$/m);
});

test('a change must pass the same commands there as in .ci/run', () => {
  const here = npmCommands(documentText('.ci/run'));
  expect(here).toContain('npm test');
  expect(npmCommands(documentText(`${folder}ci.yml`))).toEqual(here);
});

test.each(['.ci/run', `${folder}ci.yml`])(
  '%s leaves out of `npm test` only what `npm run test:coverage` has run before',
  (file) => {
    const text = documentText(file);
    const excluded = text.indexOf('UNIT_TESTS');
    expect(text.indexOf('npm run test:coverage')).toBeGreaterThan(0);
    expect(excluded).toBeGreaterThan(text.indexOf('npm run test:coverage'));
  },
);

test('every folder and test that vitest.unit.config.ts names exists', () => {
  const paths = unitTests.flatMap((pattern) => {
    const [, start = '', names = '', end = ''] = /^(.*)\{(.*)\}(.*)$/.exec(pattern) ?? [];
    return names.split(',').map((name) => `${start}${name}${end}`.replace('/**/*.test.ts', ''));
  });
  expect(paths).toContain('test/key-ring');
  expect(paths.filter((path) => !existsSync(new URL(path, repository)))).toEqual([]);
});

test('the forms for issues link to the repository that package.json names', () => {
  const { homepage } = JSON.parse(documentText('package.json'));
  const forms = ['config.yml', 'bug.yml'].map((name) => `.github/ISSUE_TEMPLATE/${name}`);
  for (const form of forms) {
    const links = documentText(form).match(/https:[^\s)]+/g) ?? [];
    expect(links, form).toHaveLength(1);
    expect(links[0], form).toContain(homepage.replace(/#.*$/, ''));
  }
});

test('the oldest Node.js that is tested is the oldest that package.json allows', () => {
  const { engines } = JSON.parse(documentText('package.json'));
  const [, oldest] = /node: \['([\d.]+)'/.exec(documentText(`${folder}ci.yml`)) ?? [];
  expect(engines.node).toBe(`>=${oldest}.0`);
});
