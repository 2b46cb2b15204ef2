// What `npm run check` shows when something is wrong.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { repository } from './documents.js';
import { run } from './run-program.js';

interface Step {
  readonly name: string;
  readonly command: string;
  readonly mend: string;
  readonly needs?: string[];
  readonly alone?: boolean;
  readonly noise?: string;
}

const right: Step = { name: 'right', command: 'echo fine', mend: 'nothing.' };
const wrong: Step = { name: 'wrong', command: 'seq 1 200 && false', mend: 'count less.' };

/** Runs these steps as `npm run check` runs its own. */
function runSteps(steps: readonly Step[], only: readonly string[] = []) {
  const script = new URL('scripts/run-steps.js', repository);
  const program = `import { runSteps } from ${JSON.stringify(script)};
    process.exitCode = await runSteps(${JSON.stringify(steps)}, ${JSON.stringify(only)});`;
  return run(process.execPath, ['--input-type=module', '--eval', program], {
    cwd: fileURLToPath(repository),
  });
}

test('what is right takes a line, and nothing of what it printed', async () => {
  const { code, stdout } = await runSteps([right]);
  expect(code).toBe(0);
  expect(stdout).toMatch(/^ok +right +[\d.]+ s\n$/);
});

test('what is wrong is shown on one screen: how it begins, how to see the rest, how to mend it', async () => {
  const { code, stdout } = await runSteps([wrong, { ...wrong, name: 'second' }, right]);
  expect(code).toBe(1);
  expect(stdout.split('\n').length).toBeLessThanOrEqual(40);
  expect(stdout).toMatch(/^WRONG +wrong/m);
  expect(stdout).toMatch(/^wrong:\n {2}1\n {2}2\n/m);
  expect(stdout).toContain('188 more lines: npx --no -- seq 1 200 && false\n  Mend: count less.');
});

test('what a tool prints around what it found is not shown', async () => {
  const noisy: Step = {
    ...wrong,
    command: 'echo Found 2. && echo it && false',
    noise: '^Found .*',
  };
  const { stdout } = await runSteps([noisy]);
  expect(stdout).toMatch(/^wrong:\n {2}it\n {2}Mend/m);
});

test('what needs something that is wrong is not run, nor what needs that', async () => {
  const build: Step = { ...right, name: 'build', needs: ['wrong'] };
  const pack: Step = { ...right, name: 'pack', needs: ['build'] };
  const { stdout } = await runSteps([wrong, build, pack]);
  expect(stdout).toMatch(/^not run +build +needs wrong; may find more$/m);
  expect(stdout).toMatch(/^not run +pack +needs build; may find more$/m);
});

test('two run side by side, but for one that is alone', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'steps-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const [one, other] = [join(folder, 'one'), join(folder, 'other')];
  // Each goes on when it has seen the other.
  const meeting = (own: string, theirs: string) =>
    `touch ${own}; for n in $(seq 100); do test -e ${theirs} && exit 0; sleep 0.1; done; false`;
  const steps: Step[] = [
    { ...right, name: 'one', command: meeting(one, other) },
    { ...right, name: 'other', command: meeting(other, one) },
    { ...right, name: 'busy', command: `rm ${one} && sleep 0.5 && touch ${one}` },
    { ...right, name: 'alone', command: `test -e ${one} && rm ${one}`, alone: true },
    { ...right, name: 'last', command: `! test -e ${one}`, needs: ['alone'] },
  ];
  const { code, stdout } = await runSteps(steps);
  expect(code, stdout).toBe(0);
});

test('some can be run alone, and a name that there is not is refused', async () => {
  const alone = await runSteps([wrong, right], ['right']);
  expect(alone.code).toBe(0);
  expect(alone.stdout).not.toContain('wrong');
  const others = await runSteps([wrong, right], ['--except', 'wrong']);
  expect(others.code).toBe(0);
  expect(others.stdout).toMatch(/^ok +right/);
  const unknown = await runSteps([right], ['wring']);
  expect(unknown).toMatchObject({ code: 2, stderr: expect.stringContaining('right') });
});
