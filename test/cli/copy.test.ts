// copy moves sessions to another store as they are stored, and checks that all have arrived.
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { canStartPostgres, startPostgres } from '../servers/postgres.js';
import { canStartRedis, startRedis } from '../servers/redis.js';
import { packedProgram } from './program.js';
import {
  loadSessions,
  newKey,
  oldKey,
  sessionNumber,
  storeOnOldKey,
  storeSessions,
  type TestSession,
  temporaryFolder,
  withStore,
} from './scene.js';

const program = await packedProgram();

const emptyStore = async () => `sqlite:${join(await temporaryFolder(), 'new.db')}`;
/** No keys: they are not needed. */
const copy = (from: string, to: string, ...args: string[]) =>
  program.run(['copy', '--from', from, '--to', to, ...args]);
const stored = (url: string, n: number) =>
  withStore(url, (store) => store.loadSession(sessionNumber(n).id));
const change = (url: string, n: number, changes: Partial<TestSession>) =>
  withStore(url, async (store) => {
    const session = await store.loadSession(sessionNumber(n).id);
    if (session !== undefined) await store.storeSession({ ...session, ...changes });
  });

describe('encrypted-sessions copy', () => {
  it('copies every session without a key, sealed tokens as they are', async () => {
    const [from, to] = [await storeOnOldKey(8), await emptyStore()];

    const { code, stdout, stderr } = await copy(from, to);

    expect(code).toBe(0);
    expect(stdout).toMatch(/^Copied +8$/m);
    expect(stdout).toMatch(/^ {2}In the source +8$/m);
    expect(stdout).toMatch(/^ {2}In the destination +8$/m);
    expect(stdout).toContain('Verified: every session of the source is in the destination.');
    expect(stderr).toContain(
      `From: ${from}, records in table shopify_session_records\n` +
        `To: ${to}, records in table shopify_session_records\n`,
    );
    expect(await stored(to, 3)).toEqual(await stored(from, 3));
    expect(await loadSessions(to, 8, oldKey)).toEqual(
      Array.from({ length: 8 }, (_, n) => sessionNumber(n + 1)),
    );
  });

  it('run again copies what is missing and skips the rest', async () => {
    const [from, to] = [await storeOnOldKey(3), await emptyStore()];
    await copy(from, to);
    await storeSessions(from, 5, newKey);
    await change(from, 1, {});

    const { stdout } = await copy(from, to, '--json');

    expect(JSON.parse(stdout)).toMatchObject({ scanned: 5, copied: 2, different: 3, same: 0 });
    const again = await copy(from, to, '--json');
    expect(JSON.parse(again.stdout)).toMatchObject({ copied: 0, different: 3, same: 2 });
  });

  it('says plainly that all sessions were there already', async () => {
    const [from, to] = [await storeOnOldKey(2), await emptyStore()];
    const nothing = 'all sessions were there already. See that the destination is another store.';

    expect((await copy(from, to)).stdout).not.toContain(nothing);
    expect((await copy(from, to)).stdout).toContain(`\nNothing was copied: ${nothing}\n`);
    const wouldBe = await copy(from, to, '--dry-run');
    expect(wouldBe.stdout).toContain(`\nNothing would be copied: ${nothing}\n`);
    await storeSessions(from, 3, oldKey);
    expect((await copy(from, to)).stdout).not.toContain(nothing);
    expect((await copy(await storeOnOldKey(0), to)).stdout).not.toContain(nothing);
  });

  it('leaves and reports other versions with exit code 1; --update lets the source win', async () => {
    const [from, to] = [await storeOnOldKey(2), await emptyStore()];
    await copy(from, to);
    await change(from, 2, { scope: 'read_products' } as Partial<TestSession>);

    const left = await copy(from, to);
    expect(left.code).toBe(1);
    expect(left.stdout).toMatch(/^There in another version +1 {2}\(left\)$/m);
    expect(left.stdout).toContain(`  ${sessionNumber(2).id}\n`);
    expect(left.stdout).toContain('NOT all there: run it again, with --update');
    expect(await stored(to, 2)).not.toHaveProperty('scope');

    const updated = await copy(from, to, '--update');
    expect(updated.code).toBe(0);
    expect(updated.stdout).toMatch(/^Replaced +1$/m);
    expect(updated.stderr).toContain('--update');
    expect(await stored(to, 2)).toEqual(await stored(from, 2));
  });

  it('--dry-run writes nothing, and reports what it would do', async () => {
    const [from, to] = [await storeOnOldKey(2), await storeOnOldKey(0)];

    const { code, stdout } = await copy(from, to, '--dry-run');

    expect(code).toBe(0);
    expect(stdout).toMatch(/^Would be copied +2$/m);
    expect(await stored(to, 1)).toBeUndefined();
  });

  it('says that plaintext tokens were taken as they are', async () => {
    const [from, to] = [await storeOnOldKey(1), await emptyStore()];
    await withStore(from, (store) => store.storeSession(sessionNumber(2)));

    const { code, stdout } = await copy(from, to);

    expect(code).toBe(0);
    expect(stdout).toContain('1 session holds a plaintext token, and was taken as it is.');
    expect(stdout).toContain('If you are adopting encryption, seal plaintext once every');
    expect(stdout).toContain('Else find out who stored it.');
    expect(stdout).not.toContain('shpat_');
  });

  it('keeps when sessions expire', async () => {
    const [from, to] = [await storeOnOldKey(0), await emptyStore()];
    const expires = new Date(Date.now() + 3_600_000);
    await withStore(from, (store) =>
      store.storeSession({ ...sessionNumber(1), isOnline: true, expires }),
    );

    await copy(from, to);

    expect((await stored(to, 1))?.expires).toEqual(expires);
  });
});

describe.skipIf(!canStartRedis() || !canStartPostgres())('encrypted-sessions copy', () => {
  it('moves a store from Redis to PostgreSQL', async () => {
    const [redis, postgres] = await Promise.all([startRedis(), startPostgres()]);
    onTestFinished(() => redis.stop());
    onTestFinished(() => postgres.stop());
    await storeSessions(redis.url, 50, oldKey);

    const outcome = await program.run(['copy', '--from', 'env:OLD', '--to', 'env:NEW', '--json'], {
      env: { OLD: redis.url, NEW: postgres.url },
    });

    expect(outcome.code).toBe(0);
    expect(JSON.parse(outcome.stdout)).toMatchObject({
      copied: 50,
      plaintext: 0,
      verification: { source: 50, destination: 50, same: 50, missing: 0 },
    });
    expect(await loadSessions(postgres.url, 50, oldKey)).toEqual(
      Array.from({ length: 50 }, (_, n) => sessionNumber(n + 1)),
    );
  });
});
