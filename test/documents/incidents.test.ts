// The commands of docs/runbooks.md, and of the files for schedulers, do what is said there.
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { decodeProtectedHeader } from 'jose';
import Database from 'libsql';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { codeBlock, repository } from './documents.js';
import { keyOf, loadSessions, open, operator, storedTokens, storeSessions } from './operator.js';
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
  /** The runbook in its order, around the stages of the rotation; `beforeReencryption` runs before stage 3. */
  async function runInOrder(SESSION_STORE_URL: string, beforeReencryption = async () => {}) {
    const variables = { SESSION_STORE_URL, LEAKED_KID: '2026-05' };
    const at = (SESSION_ENCRYPTION_KEYS: string) => ({ ...variables, SESSION_ENCRYPTION_KEYS });
    await rm(join(place.app, 'leaked-sessions.csv'), { force: true });
    await place.runBlock('leaked-key', at(oldKey));
    await beforeReencryption();
    const [seen = '', removed = ''] = await place.runCommands(
      'leaked-key-end',
      at(`${newKey},${oldKey}`),
    );
    return { seen, removed, at };
  }
  const listed = () => readFile(join(place.app, 'leaked-sessions.csv'), 'utf8');

  test('in the order of the runbook: the shops are saved, and every session of them is gone', async () => {
    const { SESSION_STORE_URL, sessions } = await storeOf('leaked', oldKey);
    const { seen, removed, at } = await runInOrder(SESSION_STORE_URL);
    for (const { shop } of sessions) expect(await listed()).toContain(shop);
    expect(seen).toContain('3 of 3 sessions would be removed');
    expect(removed).toContain('3 of 3 sessions removed.');
    expect(await storedTokens(SESSION_STORE_URL)).toEqual([]);
    // Stages 3 and 4: nothing is left to re-encrypt.
    await place.runBlock('rotation', at(`${newKey},${oldKey}`), 1);
    // The list cannot be made again, so it is not overwritten.
    const before = await listed();
    await place.runBlock('leaked-key', at(newKey), 1);
    expect(await listed()).toBe(before);
  });

  test('the list is saved where the store has a damaged record too, and a file that is there stays', async () => {
    const { SESSION_STORE_URL, sessions } = await storeOf('leaked-and-damaged', oldKey);
    const database = new Database(SESSION_STORE_URL.replace('sqlite:', ''));
    database.exec("UPDATE shopify_session_records SET value = '{' WHERE key LIKE '%offline_tea%'");
    database.close();
    const variables = { SESSION_STORE_URL, LEAKED_KID: '2026-05', SESSION_ENCRYPTION_KEYS: oldKey };
    await rm(join(place.app, 'leaked-sessions.csv'), { force: true });

    await place.runBlock('leaked-key', variables);

    const saved = await listed();
    for (const { shop } of sessions.slice(0, 2)) expect(saved).toContain(shop);
    await place.runBlock('leaked-key', variables, 1);
    expect(await listed()).toBe(saved);
  });

  test('the script revokes the tokens of each shop in the list, with its own, and names the shops that are left', async () => {
    const { SESSION_STORE_URL, sessions } = await storeOf('revoked', oldKey);
    const variables = { SESSION_STORE_URL, LEAKED_KID: '2026-05', SESSION_ENCRYPTION_KEYS: oldKey };
    await rm(join(place.app, 'leaked-sessions.csv'), { force: true });
    await place.runBlock('leaked-key', variables);
    await writeFile(join(place.app, 'revoke-tokens.mjs'), codeBlock('revoke-tokens').code);
    // Shopify, which no longer takes the token of one shop, and cannot be reached for another.
    const shopify = `globalThis.fetch = async (url, { method, headers }) => {
      console.error(method, String(url), headers['X-Shopify-Access-Token']);
      if (url.includes('books')) throw new TypeError('fetch failed');
      return new Response('{}', { status: url.includes('tea') ? 401 : 200 });
    };`;
    await writeFile(join(place.app, 'shopify.mjs'), shopify);
    const ended = await run(process.execPath, ['--import', './shopify.mjs', 'revoke-tokens.mjs'], {
      cwd: place.app,
      env: place.env(variables),
    });
    expect(ended.code, ended.stderr).toBe(0);
    const requests = sessions.map(
      ({ shop, accessToken }) =>
        `DELETE https://${shop}/admin/api_permissions/current.json ${accessToken}`,
    );
    expect(ended.stderr.trim().split('\n').sort()).toEqual(requests.sort());
    expect(ended.stdout.trim().split('\n').sort()).toEqual([
      'books.myshopify.com TypeError: fetch failed',
      'tea.myshopify.com 401',
    ]);
  });

  test('no list is saved where the store fails', async () => {
    await rm(join(place.app, 'leaked-sessions.csv'), { force: true });
    const SESSION_STORE_URL = 'redis://127.0.0.1:1/0';
    const variables = { SESSION_STORE_URL, LEAKED_KID: '2026-05', SESSION_ENCRYPTION_KEYS: oldKey };
    await place.runBlock('leaked-key', variables, 1);
    await expect(listed()).rejects.toThrow('ENOENT');
  });

  test('a session that was stored under the new key since stage 2 stays', async () => {
    const { SESSION_STORE_URL } = await storeOf('leaked-and-stored', oldKey);
    const { removed, at } = await runInOrder(SESSION_STORE_URL, async () => {
      await storeSessions(SESSION_STORE_URL, `${newKey},${oldKey}`, 'strict', ['tea']);
    });
    expect(removed).toContain('2 of 3 sessions removed.');
    expect(kids(await storedTokens(SESSION_STORE_URL))).toEqual(['2026-11']);
    // Stages 3 and 4.
    const printed = await place.runBlock('rotation', at(`${newKey},${oldKey}`));
    expect(printed).toMatch(/2026-05 .* no session needs it/);
  });
});

describe('a lost key', () => {
  test('what it sealed is removed, and what the key ring opens stays', async () => {
    const { SESSION_STORE_URL } = await storeOf('lost', oldKey);
    await storeSessions(SESSION_STORE_URL, newKey, 'strict', ['music']);
    await place.runBlock('lost-key', {
      SESSION_STORE_URL,
      SESSION_ENCRYPTION_KEYS: newKey,
      LOST_KID: '2026-05',
    });
    const tokens = await storedTokens(SESSION_STORE_URL);
    expect(tokens).toHaveLength(2);
    expect(kids(tokens)).toEqual(['2026-11']);
  });

  test('what is unreadable for another reason stays: a moved token, a key that this shell lacks', async () => {
    const { SESSION_STORE_URL } = await storeOf('lost-and-others', oldKey);
    await storeSessions(SESSION_STORE_URL, keyOf('live'), 'strict', ['music']);
    await storeSessions(SESSION_STORE_URL, newKey, 'strict', ['moved']);
    const storage = open(SESSION_STORE_URL);
    const moved = await storage.loadSession('offline_moved.myshopify.com');
    if (moved === undefined) throw new Error('It is not stored.');
    await storage.storeSession({ ...moved, shop: 'elsewhere.myshopify.com' });
    await storage.disconnect();
    const variables = {
      SESSION_STORE_URL,
      SESSION_ENCRYPTION_KEYS: newKey,
      LOST_KID: '2026-05',
    };
    // `status` at its end names the two that are left.
    await place.runBlock('lost-key', variables, 1);
    expect(kids(await storedTokens(SESSION_STORE_URL)).sort()).toEqual(['2026-11', 'live']);
  });

  test('nothing is removed where the key ring has the key after all', async () => {
    const { SESSION_STORE_URL } = await storeOf('not-lost', oldKey);
    await place.runBlock('lost-key', {
      SESSION_STORE_URL,
      SESSION_ENCRYPTION_KEYS: `${newKey},${oldKey}`,
      LOST_KID: '2026-05',
    });
    expect(await storedTokens(SESSION_STORE_URL)).toHaveLength(6);
  });
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
    // npx as process 1 may keep SIGTERM from the program.
    for (const { command } of [rotate, status]) {
      expect(command).toEqual(['node_modules/.bin/shopify-app-session-storage-encrypted']);
    }
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
