// Most tests run the program in a process that serves one call after the other. A call ends there as it
// does in a process of its own, which is what users see.
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type Outcome, packedProgram } from './program.js';
import { bothKeys, sessionNumber, storeOnOldKey, temporaryFolder, withStore } from './scene.js';

const program = await packedProgram();

/** A store of three sessions, of which the one that is given its id is plaintext. */
async function storeOfThree(): Promise<string> {
  const url = await storeOnOldKey(2);
  await withStore(url, (store) => store.storeSession(sessionNumber(3)));
  return url;
}

const calls: [name: string, code: number, args: (url: string) => Promise<string[]> | string[]][] = [
  ['--version', 0, () => ['--version']],
  ['--help', 0, () => ['--help']],
  ['nothing', 2, () => []],
  ['an unknown command', 2, () => ['rotat']],
  ['keygen', 0, () => ['keygen', '--kid', 'next']],
  ['keygen with a kid that is taken', 2, () => ['keygen', '--kid', 'old']],
  ['keys', 0, () => ['keys']],
  ['keys of no known age', 1, () => ['keys', '--max-age', '180d']],
  ['status', 1, (url) => ['status', '--store', url]],
  ['status as JSON', 1, (url) => ['status', '--store', url, '--json']],
  ['list', 0, (url) => ['list', '--store', url]],
  ['rotate', 0, (url) => ['rotate', '--store', url, '--mode', 'migrate']],
  ['rotate with plaintext', 1, (url) => ['rotate', '--store', url]],
  ['delete', 0, (url) => ['delete', '--store', url, '--plaintext', '--yes']],
  [
    'copy',
    0,
    async (url) => [
      'copy',
      '--from',
      url,
      '--to',
      `sqlite:${join(await temporaryFolder(), 'to.db')}`,
    ],
  ],
  ['inspect', 0, (url) => ['inspect', sessionNumber(1).id, '--store', url]],
  ['inspect of plaintext', 1, (url) => ['inspect', sessionNumber(3).id, '--store', url]],
  ['a store that fails', 3, () => ['status', '--store', 'redis://app:hunter2@127.0.0.1:1/0']],
];

/** Without what differs from call to call: new keys, paths and times. */
function comparable({ code, stdout, stderr }: Outcome) {
  const [out, errors] = [stdout, stderr].map((text) =>
    text
      .replace(/[\w-]{43}/g, 'KEY')
      .replace(/(?:sqlite:)?\S+\.db/g, 'STORE')
      .replace(/, [\d,.]+\/s, .*/g, ''),
  );
  return { code, stdout: out, stderr: errors };
}

describe('a call in a process that serves others ends as in one of its own', () => {
  it.each(calls)('%s', async (_, code, args) => {
    const [alone, shared] = [await storeOfThree(), await storeOfThree()];

    const own = await program.run(await args(alone), { env: bothKeys, alone: true });
    const served = await program.run(await args(shared), { env: bothKeys });

    expect(comparable(served)).toEqual(comparable(own));
    expect(own.code).toBe(code);
  });

  it('has nothing of the call before it', async () => {
    const [url, folder] = [await storeOfThree(), await temporaryFolder()];
    const args = ['status', '--store', 'env:STORE', '--mode', 'rollback'];

    const before = await program.run(args, { env: { ...bothKeys, STORE: url }, cwd: folder });
    const after = await program.run(args, { env: bothKeys });

    expect(before.code, before.stderr).toBe(0);
    expect(after.code).toBe(2);
    expect(after.stdout).toBe('');
  });
});
