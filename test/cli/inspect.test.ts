// inspect shows a sealed token's header and whether it opens, never the token.
import Database from 'libsql';
import { beforeAll, describe, expect, it } from 'vitest';
import { type Program, packedProgram } from './program.js';
import {
  bothKeys,
  onlyNewKey,
  onlyOldKey,
  sessionNumber,
  storeOnOldKey,
  withStore,
} from './scene.js';

let program: Program;
let url: string;
let sealed: string;
const { id, shop } = sessionNumber(1);

beforeAll(async () => {
  program = await packedProgram();
});

async function storeOne(): Promise<void> {
  url = await storeOnOldKey(1);
  sealed = await withStore(url, async (store) => (await store.loadSession(id))?.accessToken ?? '');
}

describe('encrypted-sessions inspect', () => {
  it('shows the header of a token and that it is authentic', async () => {
    await storeOne();

    const { code, stdout } = await program.run(['inspect', sealed], { env: bothKeys });

    expect(code).toBe(0);
    expect(stdout).toContain('kid  old (in the key ring, opens only)');
    expect(stdout).toMatch(/^ {2}alg {2}dir\n {2}enc {2}A256GCM$/m);
    expect(stdout).toContain('opens: authentic.');
    expect(stdout).not.toContain('shpat_');
  });

  it.each([[[]], [['-']]])('reads the token from standard input, with %j', async (argument) => {
    await storeOne();

    const { code, stdout } = await program.run(['inspect', ...argument, '--json'], {
      env: bothKeys,
      input: `${sealed}\n`,
    });

    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      state: 'sealed',
      opens: true,
      header: { alg: 'dir', enc: 'A256GCM', kid: 'old' },
      characters: sealed.length,
    });
  });

  it.each([
    ['its own place', [id, shop, 'accessToken'], true],
    ['its own place, whichever field that is', [id, shop], true],
    ['another field', [id, shop, 'refreshToken'], false],
    ['another session', ['offline_other.myshopify.com', shop], false],
    ['another shop', [id, 'other.myshopify.com', 'accessToken'], false],
  ])('checks that it belongs to %s', async (_, [sessionId = '', domain = '', field], opens) => {
    await storeOne();
    const place = [
      '--session-id',
      sessionId,
      '--shop',
      domain,
      ...(field ? ['--field', field] : []),
    ];

    const { code, stdout } = await program.run(['inspect', sealed, '--json', ...place], {
      env: bothKeys,
    });

    expect(code).toBe(opens ? 0 : 1);
    expect(JSON.parse(stdout)).toMatchObject(opens ? { opens } : { code: 'ERR_TOKEN_CONTEXT' });
  });

  it.each([
    [
      'a damaged token',
      (token: string) => `${token.slice(0, -4)}AAAA`,
      bothKeys,
      'ERR_TOKEN_UNREADABLE',
    ],
    [
      'a token that was cut short',
      (token: string) => token.slice(0, 90),
      bothKeys,
      'ERR_TOKEN_UNREADABLE',
    ],
    ['a key that is not in the key ring', (token: string) => token, onlyNewKey, 'ERR_KEY_UNKNOWN'],
  ])('exits with 1 for %s', async (_, change, env, errorCode) => {
    await storeOne();

    const { code, stdout } = await program.run(['inspect', change(sealed)], { env });

    expect(code).toBe(1);
    expect(stdout).toContain(`does NOT open: ${errorCode}`);
  });

  it('does not repeat what is not a sealed token', async () => {
    const { code, stdout, stderr } = await program.run(['inspect', 'shpat_in_the_clear'], {
      env: bothKeys,
    });

    expect(code).toBe(1);
    expect(stdout).toContain('not a sealed token');
    expect(stdout + stderr).not.toContain('shpat_');
  });

  it('looks at every token of a stored session', async () => {
    await storeOne();

    const { code, stdout } = await program.run(['inspect', id, '--store', url, '--json'], {
      env: onlyOldKey,
    });

    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject([
      { field: 'accessToken', opens: true, header: { kid: 'old' } },
      { field: 'refreshToken', opens: true, header: { kid: 'old' } },
    ]);
    expect(stdout).not.toMatch(/shp(at|rt)_/);
  });

  it('exits with 1 for a stored session with plaintext, and with 2 for one that is not there', async () => {
    await storeOne();
    await withStore(url, (store) => store.storeSession(sessionNumber(2)));

    const plaintext = await program.run(['inspect', sessionNumber(2).id, '--store', url], {
      env: bothKeys,
    });
    expect(plaintext.code).toBe(1);
    expect(plaintext.stdout).toContain('plaintext: this token is not sealed.');
    expect(plaintext.stdout).not.toContain('shpat_');

    const missing = await program.run(['inspect', 'offline_no', '--store', url], { env: bothKeys });
    expect(missing.code).toBe(2);
  });

  it('exits with 1 for a stored session whose record is damaged', async () => {
    await storeOne();
    const database = new Database(url.replace('sqlite:', ''));
    database.exec("UPDATE shopify_session_records SET value = '{' WHERE key LIKE '%:id:%'");
    database.close();

    const { code, stdout } = await program.run(['inspect', id, '--store', url, '--json'], {
      env: bothKeys,
    });

    expect(code).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject([
      { state: 'unreadable', opens: false, code: 'ERR_RECORD_UNREADABLE' },
    ]);
  });
});
