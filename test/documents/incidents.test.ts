// The commands of docs/runbooks.md, and of the files for schedulers, do what is said there.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { decodeProtectedHeader } from 'jose';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { repository } from './documents.js';
import { keyOf, loadSessions, operator, storedTokens, storeSessions } from './operator.js';
import { run } from './run-program.js';

const place = operator('incidents');
const oldKey = keyOf('2026-05');
const newKey = keyOf('2026-11');
const kids = (tokens: readonly string[]) => [
  ...new Set(tokens.map((token) => decodeProtectedHeader(token).kid)),
];

/** A store of its own with three sessions that `keys` sealed. */
async function storeOf(name: string, keys: string) {
  const SESSION_STORE_URL = `sqlite:${join(place.folder, `${name}.db`)}`;
  return { SESSION_STORE_URL, sessions: await storeSessions(SESSION_STORE_URL, keys) };
}

describe('a leaked key', () => {
  test('the shops that it opens are listed, and their sessions end', async () => {
    const { SESSION_STORE_URL, sessions } = await storeOf('leaked', oldKey);
    const env = {
      SESSION_STORE_URL,
      SESSION_ENCRYPTION_KEYS: `${newKey},${oldKey}`,
      LEAKED_KID: '2026-05',
    };
    const listed = await place.runBlock('leaked-key', env);
    for (const { shop } of sessions) expect(listed).toContain(shop);
    await place.runBlock('leaked-key-end', env);
    expect(await storedTokens(SESSION_STORE_URL)).toEqual([]);
  });

  test('a session that was stored under the new key since then stays', async () => {
    const { SESSION_STORE_URL } = await storeOf('leaked-and-rotated', `${newKey},${oldKey}`);
    await place.runBlock('leaked-key-end', {
      SESSION_STORE_URL,
      SESSION_ENCRYPTION_KEYS: `${newKey},${oldKey}`,
      LEAKED_KID: '2026-05',
    });
    expect(await storedTokens(SESSION_STORE_URL)).toHaveLength(6);
  });
});

test('a lost key: what it sealed is removed, and what the key ring opens stays', async () => {
  const { SESSION_STORE_URL } = await storeOf('lost', oldKey);
  await storeSessions(SESSION_STORE_URL, newKey, 'strict', ['music']);
  await place.runBlock('lost-key', { SESSION_STORE_URL, SESSION_ENCRYPTION_KEYS: newKey });
  const tokens = await storedTokens(SESSION_STORE_URL);
  expect(tokens).toHaveLength(2);
  expect(kids(tokens)).toEqual(['2026-11']);
});

test('a deploy that was rolled back to before the package: every token is opened', async () => {
  const { SESSION_STORE_URL, sessions } = await storeOf('rolled-back', oldKey);
  await place.runBlock('rolled-back', { SESSION_STORE_URL, SESSION_ENCRYPTION_KEYS: oldKey });
  const tokens = sessions.flatMap(({ accessToken, refreshToken }) => [accessToken, refreshToken]);
  expect((await storedTokens(SESSION_STORE_URL)).sort()).toEqual(tokens.sort());
});

test('a restored backup: with the removed key back in the key ring, all is on the primary key', async () => {
  const { SESSION_STORE_URL, sessions } = await storeOf('restored', oldKey);
  await place.runBlock('restored-backup', {
    SESSION_STORE_URL,
    SESSION_ENCRYPTION_KEYS: `${newKey},${oldKey}`,
  });
  expect(kids(await storedTokens(SESSION_STORE_URL))).toEqual(['2026-11']);
  const ids = sessions.map(({ id }) => id);
  expect(await loadSessions(SESSION_STORE_URL, newKey, ids)).toEqual(sessions);
});

test('a shop with another domain: what is left under the old name goes, other shops stay', async () => {
  const { SESSION_STORE_URL } = await storeOf('renamed', oldKey);
  await place.runBlock('renamed-shop', {
    SESSION_STORE_URL,
    SESSION_ENCRYPTION_KEYS: oldKey,
    OLD_SHOP: 'tea.myshopify.com',
  });
  expect(await storedTokens(SESSION_STORE_URL)).toHaveLength(4);
});

test('blue and green: the same keys in another order have the same fingerprints', async () => {
  const fingerprints = async (SESSION_ENCRYPTION_KEYS: string) => {
    const { keys } = JSON.parse(await place.runBlock('blue-green', { SESSION_ENCRYPTION_KEYS }));
    return keys.map((key: { fingerprint: string }) => key.fingerprint).sort();
  };
  const blue = await fingerprints(`${newKey},${oldKey}`);
  expect(blue).toHaveLength(2);
  expect(await fingerprints(`${oldKey},${newKey}`)).toEqual(blue);
});

describe('on a schedule', () => {
  const read = async (name: string) =>
    parse(await readFile(new URL(`docs/operations/${name}`, repository), 'utf8'));
  const runIn = (SESSION_STORE_URL: string, [program = '', ...args]: string[]) =>
    run(program, args, {
      cwd: place.app,
      env: place.env({ SESSION_STORE_URL, SESSION_ENCRYPTION_KEYS: `${newKey},${oldKey}` }),
    });

  test('the Job re-encrypts, and the CronJob fails before it and passes after it', async () => {
    const { SESSION_STORE_URL } = await storeOf('scheduled', oldKey);
    const commandOf = ({ command, args }: { command: string[]; args: string[] }) => [
      ...command,
      ...args,
    ];
    const job = await read('rotate-job.yaml');
    const cronJob = await read('status-cronjob.yaml');
    const [rotate] = job.spec.template.spec.containers;
    const [status] = cronJob.spec.jobTemplate.spec.template.spec.containers;
    expect(await runIn(SESSION_STORE_URL, commandOf(status))).toMatchObject({ code: 1 });
    expect(await runIn(SESSION_STORE_URL, commandOf(rotate))).toMatchObject({ code: 0 });
    expect(await runIn(SESSION_STORE_URL, commandOf(status))).toMatchObject({ code: 0 });
  });

  test('the workflow fails while a session is on another key', async () => {
    const { SESSION_STORE_URL } = await storeOf('workflow', oldKey);
    const { jobs } = await read('check-sessions.yml');
    const check = jobs.status.steps.at(-1);
    expect(Object.keys(check.env)).toEqual(['SESSION_ENCRYPTION_KEYS', 'SESSION_STORE_URL']);
    expect(await runIn(SESSION_STORE_URL, check.run.split(' '))).toMatchObject({ code: 1 });
  });
});
