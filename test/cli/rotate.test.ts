// rotate brings a store to the primary key, and says how it stands afterwards.
import { describe, expect, it } from 'vitest';
import { packedProgram } from './program.js';
import {
  bothKeys,
  loadSessions,
  newKey,
  oldKey,
  onlyNewKey,
  sessionNumber,
  storeOnOldKey,
  storeSessions,
  withStore,
} from './scene.js';

const program = await packedProgram();

describe('encrypted-sessions rotate', () => {
  it('brings every session to the primary key, then says that the old key can be removed', async () => {
    const url = await storeOnOldKey(12);

    const { code, stdout, stderr } = await program.run(['rotate', '--store', url], {
      env: bothKeys,
    });

    expect(code).toBe(0);
    expect(stdout).toMatch(/^Re-sealed +12$/m);
    expect(stdout).toMatch(/old .* 0 sessions: can be removed/);
    expect(stdout).toContain(
      'Remove from the key ring: old, once every instance of the app has new as its first key',
    );
    expect(stderr).toMatch(/^Key ring: new \([0-9a-f]{12}\), old \([0-9a-f]{12}\)/m);
    expect(await loadSessions(url, 12, newKey)).toEqual(
      Array.from({ length: 12 }, (_, n) => sessionNumber(n + 1)),
    );
  });

  it('starts with what it is going to do', async () => {
    const url = await storeOnOldKey(1);

    const { stderr } = await program.run(['rotate', '--store', url, '--mode', 'migrate'], {
      env: bothKeys,
    });

    const [first, , third, fourth] = stderr.split('\n');
    expect(first).toBe(`Store: ${url}, records in table shopify_session_records`);
    expect(third).toBe('What other keys sealed is sealed with new.');
    expect(fourth).toContain('mode migrate');
  });

  it('writes progress to standard error as plain lines when it is not a terminal', async () => {
    const url = await storeOnOldKey(3);

    const { stderr } = await program.run(['rotate', '--store', url], { env: bothKeys });

    expect(stderr).toMatch(/^Re-encrypting: 3 sessions, [\d,.]+\/s, (?:under )?[\d.]+ s$/m);
    expect(stderr).not.toContain('\r');
  });

  it('--json writes the report, and nothing else, to standard output', async () => {
    const url = await storeOnOldKey(3);

    const { code, stdout } = await program.run(['rotate', '--store', url, '--json'], {
      env: bothKeys,
    });

    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      store: url,
      dryRun: false,
      mode: 'strict',
      primary: 'new',
      scanned: 3,
      reencrypted: 3,
      unreadable: 0,
      byKid: { new: 3 },
      keys: [
        { kid: 'new', state: 'primary', sessions: 3 },
        { kid: 'old', state: 'removable', sessions: 0 },
      ],
    });
  });

  it('--dry-run writes nothing, and reports what it would do', async () => {
    const url = await storeOnOldKey(4);

    const { code, stdout } = await program.run(['rotate', '--store', url, '--dry-run'], {
      env: bothKeys,
    });

    expect(code).toBe(0);
    expect(stdout).toMatch(/^Would be re-sealed +4$/m);
    expect(stdout).toMatch(/old .* 4 sessions: cannot be removed/);
    expect(await loadSessions(url, 4, oldKey)).toHaveLength(4);
  });

  it('exits with 1 when plaintext is left, and seals it in mode migrate', async () => {
    const url = await storeOnOldKey(0);
    await storeSessions(url, 2);

    const strict = await program.run(['rotate', '--store', url], { env: bothKeys });
    expect(strict.code).toBe(1);
    expect(strict.stdout).toMatch(/^Left plaintext +2$/m);
    expect(strict.stdout).toContain(
      `Sessions with plaintext, left as they are:\n  2 sessions (${sessionNumber(1).id}, ${sessionNumber(2).id}): accessToken\n`,
    );
    expect(strict.stdout).toContain(
      'once every instance has SESSION_ENCRYPTION_MODE=migrate: rotate --mode migrate. Else find out who',
    );
    const json = await program.run(['rotate', '--store', url, '--json'], { env: bothKeys });
    expect(JSON.parse(json.stdout)).toMatchObject({
      findings: [1, 2].map((number) => ({
        outcome: 'left plaintext',
        sessionId: sessionNumber(number).id,
        field: 'accessToken',
        code: 'ERR_TOKEN_PLAINTEXT',
      })),
    });

    // The mode of the app counts where none is given.
    const migrate = await program.run(['rotate', '--store', url], {
      env: { ...bothKeys, SESSION_ENCRYPTION_MODE: 'migrate' },
    });
    expect(migrate.code).toBe(0);
    expect(await loadSessions(url, 2, newKey)).toEqual([sessionNumber(1), sessionNumber(2)]);
  });

  it('in the first stage of adoption says that nothing is sealed, and what is next', async () => {
    const url = await storeOnOldKey(0);
    await storeSessions(url, 2);
    const env = { ...bothKeys, SESSION_ENCRYPTION_MODE: 'rollback' };
    const next =
      /^Nothing was sealed: there is nothing to open\. .*, set SESSION_ENCRYPTION_MODE=migrate .* without the wrapper\.$/m;

    for (const args of [['status'], ['rotate', '--dry-run']]) {
      const { code, stdout } = await program.run([...args, '--store', url], { env });
      expect(code).toBe(0);
      expect(stdout).toMatch(next);
    }
    const sealed = await storeOnOldKey(1);
    const { stdout } = await program.run(['status', '--store', sealed], { env });
    expect(stdout).not.toMatch(next);
    // What a part does not hold may be elsewhere, and what cannot be read may be sealed.
    const part = await program.run(['status', '--store', url, '--shard', '1/1'], { env });
    expect(part.stdout).toContain('Only part of the store was looked at.');
    expect(part.stdout).not.toMatch(next);
    const damaged = {
      ...sessionNumber(3),
      accessToken: Buffer.from('{"alg":"dir"').toString('base64url'),
    };
    await withStore(url, (store) => store.storeSession(damaged));
    const unreadable = await program.run(['status', '--store', url], { env });
    expect(unreadable.stdout).toMatch(/^Unreadable +1$/m);
    expect(unreadable.stdout).not.toMatch(next);
  });

  it('says of a key whose sessions it cannot open that running it again frees none', async () => {
    const url = await storeOnOldKey(2);
    await withStore(url, async (store) => {
      const [one, two] = await Promise.all(
        [1, 2].map((number) => store.loadSession(sessionNumber(number).id)),
      );
      if (one === undefined || two === undefined) throw new Error('They are gone.');
      // Moved, so that it opens nowhere.
      await store.storeSession(Object.assign(one, { accessToken: two.accessToken }));
    });

    const first = await program.run(['status', '--store', url], { env: bothKeys });
    expect(first.stdout).toMatch(/old .* 2 sessions: cannot be removed: bring these .* first/);
    const rotated = await program.run(['rotate', '--store', url], { env: bothKeys });
    const after = await program.run(['status', '--store', url], { env: bothKeys });
    for (const { stdout } of [rotated, after]) {
      expect(stdout).toMatch(
        /old .* 1 session: cannot be removed: rotate cannot change these sessions, which are named/,
      );
      expect(stdout).toContain(`ERR_TOKEN_CONTEXT: Session ${sessionNumber(1).id}`);
    }
  });

  it('exits with 1 when sessions are unreadable, names them and what to do, and leaves them', async () => {
    const url = await storeOnOldKey(2);

    const { code, stdout } = await program.run(['rotate', '--store', url], { env: onlyNewKey });

    expect(code).toBe(1);
    expect(stdout).toMatch(/^Unreadable +2$/m);
    expect(stdout).toMatch(/old .* 2 sessions: not in the key ring; add it back/);
    expect(stdout).toContain(
      `ERR_KEY_UNKNOWN: 2 sessions (${sessionNumber(1).id}, ${sessionNumber(2).id}): accessToken`,
    );
    expect(await loadSessions(url, 2, oldKey)).toHaveLength(2);
  });

  it('--mode rollback needs --yes-write-plaintext, wherever the mode comes from', async () => {
    const url = await storeOnOldKey(2);
    const rollback = { ...bothKeys, SESSION_ENCRYPTION_MODE: 'rollback' };

    for (const [args, env] of [
      [['--mode', 'rollback'], bothKeys],
      [[], rollback],
    ] as const) {
      const refused = await program.run(['rotate', '--store', url, ...args], { env });
      expect(refused.code).toBe(2);
      expect(refused.stderr).toContain('To back out, add --yes-write-plaintext.');
      expect(refused.stderr).toContain('If you are adopting encryption, do not');
    }
    expect(await loadSessions(url, 2, oldKey)).toHaveLength(2);

    const { code } = await program.run(
      ['rotate', '--store', url, '--mode', 'rollback', '--yes-write-plaintext'],
      { env: bothKeys },
    );
    expect(code).toBe(0);
    expect(await withStore(url, (store) => store.loadSession(sessionNumber(2).id))).toEqual(
      sessionNumber(2),
    );
  });

  it('takes the URL from an environment variable, so that its password stays out of sight', async () => {
    const url = await storeOnOldKey(1);

    const { code } = await program.run(['rotate', '--store', 'env:STORE'], {
      env: { ...bothKeys, STORE: url },
    });

    expect(code).toBe(0);
  });

  it('prints neither keys nor tokens, whatever happens', async () => {
    const url = await storeOnOldKey(2);
    for (const env of [bothKeys, onlyNewKey]) {
      for (const args of [[], ['--json']]) {
        const { stdout, stderr } = await program.run(['rotate', '--store', url, ...args], { env });
        const printed = stdout + stderr;
        for (const key of [oldKey, newKey]) expect(printed).not.toContain(key.split(':')[1]);
        expect(printed).not.toMatch(/shp(at|rt)_|eyJhbGci/);
      }
    }
  });

  it('escapes what a terminal would act upon in the id of a stored session', async () => {
    const url = await storeOnOldKey(1);
    const id = 'offline_\u001b[2Jevil\n\u202e';
    await withStore(url, (store) => store.storeSession({ ...sessionNumber(1), id }));

    const plain = await program.run(['rotate', '--store', url], { env: onlyNewKey });
    const json = await program.run(['rotate', '--store', url, '--json'], { env: onlyNewKey });

    expect(plain.stdout + json.stdout).not.toMatch(/(?!\n)[\p{Cc}\p{Cf}]/u);
    expect(plain.stdout).toContain('ERR_KEY_UNKNOWN');
  });
});
