// A session that cannot be opened is reported, and left byte for byte as it was.
import { describe, expect, it } from 'vitest';
import { inspectSession, RecordUnreadableError, reencryptSessions } from '../../src/index.js';
import { MapCatalog } from './map-catalog.js';
import { appOn, bothRing, newRing, offlineSession, oldRing, storeOnOldKey } from './scene.js';

describe('reencryptSessions, unreadable sessions', () => {
  it('reports a token under a key that is not in the key ring, and counts it for that key', async () => {
    const store = await storeOnOldKey(2);
    const records = new Map(store.records);

    const report = await reencryptSessions(store, { keyring: newRing });

    expect(report).toMatchObject({ scanned: 2, reencrypted: 0, current: 0, unreadable: 2 });
    expect(report.findings[0]).toMatchObject({
      sessionId: offlineSession(1).id,
      field: 'accessToken',
      code: 'ERR_KEY_UNKNOWN',
      kid: 'old',
    });
    expect({ ...report.byKid }).toEqual({ old: 2 });
    expect(store.records).toEqual(records);
  });

  it.each([
    ['is damaged', 'ERR_TOKEN_UNREADABLE', (token: string) => `${token.slice(0, -6)}AAAAAA`],
    ['is cut short', 'ERR_TOKEN_UNREADABLE', (token: string) => token.slice(0, 100)],
  ])('leaves a whole session when one token of it %s', async (_, code, damage) => {
    const store = await storeOnOldKey(1);
    const { id } = offlineSession(1);
    const stored = store.stored(id);
    await store.storeSession({ ...stored, refreshToken: damage(String(stored.refreshToken)) });
    const records = new Map(store.records);

    for (const mode of ['strict', 'migrate', 'rollback'] as const) {
      const report = await reencryptSessions(store, { keyring: bothRing, mode });
      expect(report).toMatchObject({ reencrypted: 0, unreadable: 1 });
      expect(report.findings).toMatchObject([{ sessionId: id, field: 'refreshToken', code }]);
      expect(store.records).toEqual(records);
    }
  });

  it.each([
    ['damaged', (token: string) => `${token.slice(0, -6)}AAAAAA`, true],
    ['cut short', (token: string) => token.slice(0, 120), true],
    ['cut short after its header', (token: string) => token.slice(0, token.indexOf('.')), true],
    ['cut short within its header', (token: string) => token.slice(0, 40), false],
    ['without a beginning', (token: string) => token.slice(4), false],
  ])(
    'counts a token that is %s for the key that it still names, as an inspection does',
    async (_, damage, names) => {
      const store = await storeOnOldKey(1);
      const { id } = offlineSession(1);
      const { accessToken, refreshToken: __, ...rest } = store.stored(id);
      await store.storeSession({ ...rest, accessToken: damage(String(accessToken)) });

      const report = await reencryptSessions(store, { keyring: bothRing, dryRun: true });
      const inspected = await inspectSession(store.stored(id), bothRing);

      expect(inspected.map(({ header }) => header?.kid)).toEqual([names ? 'old' : undefined]);
      expect(report).toMatchObject({ unreadable: 1, plaintext: 0 });
      expect({ ...report.before.byKid }).toEqual(names ? { old: 1 } : {});
      expect(report.unseen).toEqual(names ? [] : ['unreadable records']);
      expect(report.findings).toMatchObject([{ kid: names ? 'old' : undefined }]);
    },
  );

  it('reports a token that was moved from another session', async () => {
    const store = await storeOnOldKey(2);
    const [one, two] = [offlineSession(1).id, offlineSession(2).id];
    await store.storeSession({ ...store.stored(one), accessToken: store.stored(two).accessToken });

    const report = await reencryptSessions(store, { keyring: bothRing });

    expect(report).toMatchObject({ reencrypted: 1, unreadable: 1 });
    expect(report.findings).toMatchObject([{ sessionId: one, code: 'ERR_TOKEN_CONTEXT' }]);
  });

  it('checks what is on the primary key already, too', async () => {
    const store = await storeOnOldKey(2);
    await reencryptSessions(store, { keyring: bothRing });
    const [one, two] = [offlineSession(1).id, offlineSession(2).id];
    await store.storeSession({ ...store.stored(one), accessToken: store.stored(two).accessToken });

    const report = await reencryptSessions(store, { keyring: bothRing });

    expect(report).toMatchObject({ current: 1, unreadable: 1 });
  });

  it.each([
    ['null', null],
    ['undefined', undefined],
    ['an object without an id', { shop: 'a.myshopify.com' }],
    ['a string', 'offline_a'],
  ])('does not count %s that a catalog yields as a session', async (what, yielded) => {
    const catalog = new MapCatalog();
    catalog.sessions = async function* () {
      yield yielded as never;
    };
    await expect(
      reencryptSessions(catalog, { keyring: bothRing, shard: { index: 1, count: 1 } }),
    ).rejects.toMatchObject({
      message: expect.stringContaining(`but yielded ${what}.`),
    });
  });

  it('reports a plaintext token that cannot be sealed as left, not as unreadable', async () => {
    const store = new MapCatalog();
    await store.storeSession({ ...offlineSession(1), accessToken: 'half a pair: \ud800' });

    const report = await reencryptSessions(store, { keyring: bothRing, mode: 'migrate' });

    expect(report).toMatchObject({ unreadable: 0, leftPlaintext: 1, plaintext: 1 });
    expect(report.findings).toMatchObject([
      { outcome: 'left plaintext', code: 'ERR_SESSION_INVALID' },
    ]);
    expect(store.writes).toBe(0);
  });

  it('reports a session whose record became unreadable since then, and goes on', async () => {
    const store = await storeOnOldKey(2);
    const { id } = offlineSession(1);
    store.beforeReplace = async (current) => {
      if (current?.id === id) store.records.set(id, 'damaged');
    };
    store.loadSession = async () => {
      throw new RecordUnreadableError('Not a record.', { sessionId: id });
    };

    const report = await reencryptSessions(store, { keyring: bothRing });

    expect(report).toMatchObject({ reencrypted: 1, unreadable: 1 });
    expect({ ...report.byKid }).toEqual({ new: 1, old: 1 });
    expect(report.findings).toMatchObject([{ sessionId: id }]);
    expect(store.records.get(id)).toBe('damaged');
  });

  it('names the first 1,000 sessions, says how many more there are, and hands all to a callback', async () => {
    const store = await storeOnOldKey(1_020);
    const told: (string | undefined)[] = [];

    const report = await reencryptSessions(store, {
      keyring: newRing,
      onFinding: async ({ sessionId }) => void told.push(sessionId),
    });

    expect(report.unreadable).toBe(1_020);
    expect(report.findings).toHaveLength(1_000);
    expect(report.furtherFindings).toBe(20);
    expect(new Set(told)).toEqual(new Set(store.records.keys()));
  });

  it('names unreadable sessions beside more than 1,000 that were sealed from plaintext before them', async () => {
    const store = new MapCatalog();
    for (let n = 1; n <= 1_020; n++) await store.storeSession(offlineSession(n));
    const lost = { ...offlineSession(2_000), refreshToken: undefined };
    await appOn(store, oldRing).storeSession(lost);

    const report = await reencryptSessions(store, { keyring: newRing, mode: 'migrate' });

    expect(report).toMatchObject({ sealedFromPlaintext: 1_020, unreadable: 1 });
    expect(report.findings.filter(({ outcome }) => outcome === 'unreadable')).toMatchObject([
      { sessionId: lost.id, code: 'ERR_KEY_UNKNOWN', kid: 'old' },
    ]);
    expect(report.findings).toHaveLength(1_001);
    expect(report.furtherFindings).toBe(20);
  });

  it('shows no token in the report', async () => {
    const store = await storeOnOldKey(3);
    await store.storeSession(offlineSession(4));

    const report = await reencryptSessions(store, { keyring: newRing });

    expect(JSON.stringify(report)).not.toMatch(/shp|eyJ/);
  });
});
