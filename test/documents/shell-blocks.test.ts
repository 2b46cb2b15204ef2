// The commands in the documents do no harm wherever they are pasted, work there, and call no package but this one.
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { programCall } from '../../src/program-name.js';
import { allCodeBlocks, documents, documentText } from './documents.js';
import { run } from './run-program.js';

const shells = ['bash', 'dash', 'zsh'].filter((shell) =>
  (process.env.PATH ?? '').split(':').some((folder) => existsSync(join(folder, shell))),
);
const blocks = allCodeBlocks.filter(({ language }) => language === 'sh');

/** A folder that holds what must not be lost, and programs that fail at once. */
async function folderAtRisk() {
  const folder = await mkdtemp(join(tmpdir(), 'shell-blocks-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  await writeFile(join(folder, '.env'), 'A=1');
  await writeFile(join(folder, 'keys'), 'old:key');
  for (const program of ['npx', 'npm', 'node']) {
    await writeFile(join(folder, program), '#!/bin/sh\nexit 1\n', { mode: 0o755 });
  }
  const content = async () =>
    Promise.all(
      (await readdir(folder))
        .sort()
        .map(async (name) => [name, await readFile(join(folder, name), 'utf8')]),
    );
  return { folder, content };
}

describe.each(shells)('in a new %s', (shell) => {
  test.each(blocks)(
    'each line of $at changes no file when what it needs is not there',
    async ({ code }) => {
      const { folder, content } = await folderAtRisk();
      const before = await content();
      for (const variables of [{}, { SESSION_ENCRYPTION_KEYS_FILE: join(folder, 'keys') }]) {
        for (const line of code.split('\n')) {
          const env = { PATH: `${folder}:${process.env.PATH}`, HOME: folder, ...variables };
          await run(shell, ['-c', line], { cwd: folder, env });
          expect(await content(), line).toEqual(before);
        }
      }
    },
  );
});

// zsh, the shell of macOS, knows no comments where commands are typed: what follows a # would be arguments, and a
// line that begins with one is a command that is not found.
test.each(blocks)('$at can be pasted into a zsh', ({ code }) => {
  expect(code.split('\n').filter((line) => /(?:^|\s)#/.test(line))).toEqual([]);
});

/** What npx is given in a text: the name that stands behind it. */
const packagesRun = (text: string) =>
  [...text.matchAll(/\bnpx (?:--?\w+ )*([\w@/.-]+)/g)].map(([, name]) => `npx ${name}`);

test.each(documents)('%s has npx run this package only', (document) => {
  const text = documentText(document);
  // Those who work on the package have its development dependencies.
  const { devDependencies } = JSON.parse(documentText('package.json')) as {
    devDependencies: object;
  };
  const own = document === 'CONTRIBUTING.md' ? Object.keys(devDependencies) : [];
  const allowed = [programCall, ...own.map((name) => `npx ${name}`)];
  expect(packagesRun(text).filter((call) => !allowed.includes(call))).toEqual([]);
  // Its short name only as a name: no command that a reader might paste.
  expect(text.match(/^\s*(?:\$ )?encrypted-sessions /gm)).toBeNull();
});
