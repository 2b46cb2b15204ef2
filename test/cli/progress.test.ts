// Progress says only what is known: the estimate of a store may be missing, wrong or senseless.
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { Progress } from '../../src/cli/progress.js';
import type { Terminal } from '../../src/cli/terminal.js';
import { packedProgram } from './program.js';
import { bothKeys, storeOnOldKey, temporaryFolder } from './scene.js';

const program = await packedProgram();

/** The last line of progress over five sessions, where this estimates them, and the store may fail after them. */
async function progress(
  estimateSessions: string,
  fails = false,
  ...args: string[]
): Promise<string> {
  const url = await storeOnOldKey(5);
  const module = join(await temporaryFolder(), 'catalog.mjs');
  await writeFile(
    module,
    `import { openSessionStorage } from ${JSON.stringify(join(program.folder, 'dist/open.mjs'))};
    const inner = openSessionStorage(${JSON.stringify(url)});
    inner.estimateSessions = ${estimateSessions};
    const sessions = inner.sessions.bind(inner);
    inner.sessions = async function* () {
      yield* sessions();
      if (${fails}) throw new Error('It failed.');
    };
    export default inner;`,
  );
  const outcome = await program.run(['status', '--catalog', module, ...args], { env: bothKeys });
  return /^Looking: .*$/m.exec(outcome.stderr)?.[0] ?? outcome.stderr;
}

describe('progress', () => {
  it.each([
    ...['0', '-1', 'NaN', 'Infinity', 'undefined', '3', '10', 'Promise.reject(new Error())'].map(
      (estimate) => `async () => ${estimate}`,
    ),
    ...['() => 10', '() => { throw new Error(); }', 'undefined', '10'],
  ])(
    'has no total, no percentage and no time left in the end, where the estimate is made by %s',
    async (estimateSessions) => {
      expect(await progress(estimateSessions)).toMatch(
        /^Looking: 5 sessions, [\d,.]+\/s, (?:under 0\.1|[\d.]+) s$/,
      );
    },
  );

  it('has a total and the time left where there are said to be more, until all are done', async () => {
    expect(await progress('async () => 10', true)).toMatch(
      /^Looking: 5 of about 10 sessions \(50 %\), [\d,.]+\/s, (?:under 0\.1|[\d.]+) s left$/,
    );
  });

  it('is whole on a terminal that does not say how wide it is', () => {
    vi.useFakeTimers();
    onTestFinished(() => void vi.useRealTimers());
    for (const columns of [0, undefined]) {
      const drawn: string[] = [];
      const screen = { isTTY: true, columns, write: (text: string) => drawn.push(text) };
      const terminal = { screen, say: () => {} } as unknown as Terminal;
      const progress = new Progress(terminal, 'Looking');

      vi.advanceTimersByTime(100);

      expect(drawn).toEqual(['\rLooking: 0 sessions, 0/s, 0.1 s\u001b[K']);
      progress.end(true);
    }
  });

  it('expects something of each part of a small store', async () => {
    expect(await progress('async () => 1', true, '--shard', '1/4')).not.toContain('about 0');
  });
});
