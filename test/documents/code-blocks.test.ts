// Every block of code in the documents is run or compiled by a test, or is not code.
import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { allCodeBlocks, documentText, repository } from './documents.js';

/** The languages whose blocks a test runs by their names. */
const runByName = ['sh', 'sql', 'prisma', 'json'];
/** `ts` is compiled by `examples.test.ts`; `text` and `diff` only show something. */
const known = [...runByName, 'ts', 'text', 'diff'];

const testFolder = new URL('test/', repository);
const tests = readdirSync(testFolder, { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.test.ts') && !path.includes('node_modules'))
  .map((path) => readFileSync(new URL(path.replaceAll('\\', '/'), testFolder), 'utf8'))
  .join('\n');

test.each(allCodeBlocks)('$at is in a language that is checked', ({ language }) => {
  expect(known).toContain(language);
});

test.each(allCodeBlocks.filter(({ language }) => runByName.includes(language)))(
  '$at has a name, and a test that runs it',
  ({ name }) => {
    expect(name).toBeDefined();
    expect(tests).toContain(`'${name}'`);
  },
);

const npmBlocks = allCodeBlocks.filter(({ name }) => name === 'npm');
const { scripts } = JSON.parse(documentText('package.json')) as { scripts: Record<string, string> };

test.each(npmBlocks)('$at calls npm scripts that exist', ({ code }) => {
  const commands = code.split('\n').flatMap((line) => line.split('&&'));
  for (const command of commands.map((text) => text.trim()).filter((text) => text !== '')) {
    if (command === 'npm ci') continue;
    const [, script = ''] = /^npm (?:run )?([\w:-]+)(?: -- .*)?$/.exec(command) ?? [];
    expect(Object.keys(scripts), command).toContain(script);
  }
});
