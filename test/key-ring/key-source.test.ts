// A key ring that a function loads, and loads again.
import { inspect } from 'node:util';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { EncryptedSessionStorage } from '../../src/index.js';
import { generateKey, Keyring } from '../../src/key-ring/index.js';
import { openToken, sealToken } from '../../src/sealed-token/index.js';

const [a, b] = ['a', 'b'].map((kid) => generateKey({ kid }));
const context = { sessionId: 'offline_a', shop: 'a.myshopify.com', field: 'accessToken' };
const textA = a?.text ?? '';
const textB = `${b?.text},${textA}`;

/** A secrets manager, and how often it was asked. */
function secretsManager(first: unknown = textA) {
  const manager = {
    holds: first,
    asked: 0,
    load: async () => {
      manager.asked++;
      if (manager.holds instanceof Error) throw manager.holds;
      return manager.holds as string;
    },
  };
  return manager;
}

/** A source whose calls, while it holds them, do not answer until they are released. */
function heldSource() {
  const waiting: ((text: string) => void)[] = [];
  const source = {
    text: textA,
    holds: false,
    asked: 0,
    load: async () => {
      source.asked++;
      if (!source.holds) return source.text;
      return new Promise<string>((resolve) => waiting.push(resolve));
    },
    release: (text: string) => {
      for (const answer of waiting) answer(text);
    },
  };
  return source;
}

let warnings: string[];
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['performance', 'setTimeout', 'clearTimeout'] });
  warnings = [];
  vi.spyOn(process, 'emitWarning').mockImplementation((warning) => {
    warnings.push(String(warning));
  });
});
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

/** Lets what is under way settle, without time passing. */
const settle = () => vi.advanceTimersByTimeAsync(0);

describe('Keyring.fromSource', () => {
  it.each([
    ['text', () => textB],
    ['text, with a line end', async () => `${textB}\n`],
    ['a JWK Set', async () => ({ keys: [b?.jwk, a?.jwk] })],
    ['a JWK Set in text', async () => JSON.stringify({ keys: [b?.jwk, a?.jwk] })],
  ])('makes a key ring of %s', async (_, load) => {
    const keyring = await Keyring.fromSource(load as () => Promise<string>);
    expect(keyring.kids).toEqual(['b', 'a']);
    expect(keyring.lastRefreshError).toBeUndefined();
  });

  it('seals with the new primary soon after the interval has passed, and makes nobody wait', async () => {
    const manager = secretsManager();
    const keyring = await Keyring.fromSource(manager.load, { refreshInterval: 5_000 });
    manager.holds = textB;
    await vi.advanceTimersByTimeAsync(4_999);
    expect(keyring.primary).toBe('a');
    expect(manager.asked).toBe(1);
    await vi.advanceTimersByTimeAsync(1);
    expect(keyring.primary).toBe('a');
    expect(manager.asked).toBe(2);
    await settle();
    expect(keyring.primary).toBe('b');
  });

  it('loads at once for a token whose key is unknown, and the token waits for it', async () => {
    const manager = secretsManager();
    const keyring = await Keyring.fromSource(manager.load);
    const { sealedToken: sealed } = await sealToken(Keyring.parse(textB), 'token', context);
    manager.holds = textB;
    await vi.advanceTimersByTimeAsync(1_000);
    const opened = await Promise.all([1, 2, 3].map(() => openToken(keyring, sealed, context)));
    expect(opened).toEqual(Array(3).fill({ token: 'token', kid: 'b' }));
    expect(manager.asked).toBe(2);
    expect(keyring.primary).toBe('b');
  });

  it('does so at most once a second, however many keys are unknown', async () => {
    const manager = secretsManager();
    const keyring = await Keyring.fromSource(manager.load, { refreshInterval: Infinity });
    const { sealedToken: sealed } = await sealToken(Keyring.parse(textB), 'token', context);
    const open = () => openToken(keyring, sealed, context);
    for (let n = 0; n < 20; n++) await expect(open()).rejects.toMatchObject({ kid: 'b' });
    expect(manager.asked).toBe(1);
    await vi.advanceTimersByTimeAsync(1_000);
    for (let n = 0; n < 20; n++) await expect(open()).rejects.toMatchObject({ kid: 'b' });
    expect(manager.asked).toBe(2);
  });

  it('keeps the last good ring when it cannot be loaded, says why, and recovers', async () => {
    const manager = secretsManager();
    const keyring = await Keyring.fromSource(manager.load, { refreshInterval: 5_000 });
    const canary = 'redis://app:canary-password@host';
    manager.holds = Object.assign(new Error(`no answer of ${canary}`), {
      code: 'ETIMEDOUT',
      canary,
    });
    for (let n = 0; n < 3; n++) {
      await vi.advanceTimersByTimeAsync(5_000);
      expect(keyring.primary).toBe('a');
      await settle();
    }
    expect(keyring.lastRefreshError).toMatchObject({
      code: 'ERR_KEYRING_INVALID',
      message: 'The key source cannot be loaded (ETIMEDOUT)',
      cause: { message: 'no answer of …' },
    });
    expect(inspect(keyring.lastRefreshError, { depth: 9 })).not.toContain('canary-password');
    expect(warnings).toHaveLength(1);

    manager.holds = 'a:not-a-key';
    await vi.advanceTimersByTimeAsync(5_000);
    expect(keyring.kids).toEqual(['a']);
    await settle();
    expect(keyring.lastRefreshError?.message).toMatch(/^The key source: key 1 \("a"\)/);

    manager.holds = textB;
    await vi.advanceTimersByTimeAsync(5_000);
    expect(keyring.primary).toBe('a');
    await settle();
    expect(keyring.primary).toBe('b');
    expect(keyring.lastRefreshError).toBeUndefined();
  });

  it('loads before it seals, where nothing has loaded for two intervals', async () => {
    const manager = secretsManager();
    const keyring = await Keyring.fromSource(manager.load, { refreshInterval: 5_000 });
    manager.holds = textB;
    await vi.advanceTimersByTimeAsync(10_000);
    const sealed = await Promise.all([1, 2, 3].map(() => sealToken(keyring, 'token', context)));
    expect(sealed.map(({ kid }) => kid)).toEqual(['b', 'b', 'b']);
    expect(manager.asked).toBe(2);
  });

  it('seals with the keys it has, where they cannot be loaded, and does not ask at each token', async () => {
    const manager = secretsManager();
    const keyring = await Keyring.fromSource(manager.load, { refreshInterval: 5_000 });
    manager.holds = new Error('down');
    await vi.advanceTimersByTimeAsync(10_000);
    for (let n = 0; n < 3; n++) {
      expect((await sealToken(keyring, 'token', context)).kid).toBe('a');
    }
    expect(manager.asked).toBe(2);
    expect(keyring.lastRefreshError?.message).toBe('The key source cannot be loaded');
  });

  it('seals after 10 seconds with the keys it has, where the source does not answer', async () => {
    const source = heldSource();
    const keyring = await Keyring.fromSource(source.load, { refreshInterval: 5_000 });
    source.holds = true;
    await vi.advanceTimersByTimeAsync(10_000);
    const sealing = sealToken(keyring, 'token', context);
    await vi.advanceTimersByTimeAsync(10_000);
    expect((await sealing).kid).toBe('a');
  });

  it('seals at once with an interval of Infinity', async () => {
    const manager = secretsManager();
    const keyring = await Keyring.fromSource(manager.load, { refreshInterval: Infinity });
    await vi.advanceTimersByTimeAsync(1_000_000);
    expect((await sealToken(keyring, 'token', context)).kid).toBe('a');
    expect(manager.asked).toBe(1);
  });

  it('waits 2 seconds for a load that never answers, and then loads again', async () => {
    const source = heldSource();
    const keyring = await Keyring.fromSource(source.load);
    const { sealedToken: sealed } = await sealToken(Keyring.parse(textB), 'token', context);
    await vi.advanceTimersByTimeAsync(60_000);
    source.holds = true;
    expect(keyring.primary).toBe('a');
    source.holds = false;
    source.text = textB;
    const opening = Promise.all([1, 2, 3].map(() => openToken(keyring, sealed, context)));
    await vi.advanceTimersByTimeAsync(2_000);
    await expect(opening).resolves.toHaveLength(3);
    expect(source.asked).toBe(3);
  });

  it('keeps the newer keys when an earlier load answers late', async () => {
    const source = heldSource();
    const keyring = await Keyring.fromSource(source.load, { refreshInterval: 5_000 });
    source.holds = true;
    await vi.advanceTimersByTimeAsync(5_000);
    expect(keyring.primary).toBe('a');
    source.holds = false;
    source.text = textB;
    await vi.advanceTimersByTimeAsync(5_000);
    expect(keyring.primary).toBe('a');
    await settle();
    expect(keyring.primary).toBe('b');
    source.release(textA);
    await settle();
    expect(keyring.kids).toEqual(['b', 'a']);
  });

  it('counts a load that takes longer than 10 seconds as failed', async () => {
    const manager = secretsManager();
    const keyring = await Keyring.fromSource(manager.load);
    manager.load = () => new Promise(() => {});
    const never = Keyring.fromSource(() => new Promise(() => {}));
    const refused = expect(never).rejects.toThrow('The key source did not answer within 10 s');
    await vi.advanceTimersByTimeAsync(10_000);
    await refused;
    expect(keyring.primary).toBe('a');
  });

  it.each([
    ['cannot be loaded', async () => Promise.reject(new Error('down')), /cannot be loaded$/],
    [
      'throws at once',
      () => {
        throw new Error('down');
      },
      /cannot be loaded$/,
    ],
    ['answers nothing', async () => undefined, /must answer the text of the keys, or a JWK Set/],
    ['answers no key', async () => '', /holds no key/],
    [
      'answers what AWS keeps around it',
      async () => ({ SESSION_ENCRYPTION_KEYS: textA }),
      /use the value of its member/,
    ],
  ])('refuses a source that %s', async (_, load, message) => {
    await expect(Keyring.fromSource(load as () => Promise<string>)).rejects.toThrow(message);
  });

  it.each([
    [[textA], /needs a function/],
    [[async () => textA, { refreshInterval: 0 }], /refreshInterval/],
    [[async () => textA, { refreshInterval: '1000' }], /refreshInterval must be a number/],
    [[async () => textA, { interval: 1000 }], /Keyring\.fromSource has no option/],
  ])('refuses arguments that are invalid', async (args, message) => {
    const fromSource = Keyring.fromSource as (...values: unknown[]) => Promise<Keyring>;
    await expect(fromSource.call(Keyring, ...args)).rejects.toThrow(message);
  });

  it('serves a storage through a rotation without a restart', async () => {
    const kept = new Map<string, { id: string; shop: string; accessToken?: string }>();
    const manager = secretsManager();
    const inner = {
      storeSession: async (session: { id: string; shop: string; accessToken?: string }) =>
        Boolean(kept.set(session.id, session)),
      loadSession: async (id: string) => kept.get(id),
      deleteSession: async (id: string) => kept.delete(id),
    };
    const storage = new EncryptedSessionStorage(inner, {
      keyring: await Keyring.fromSource(manager.load),
      mode: 'strict',
    });
    const other = new EncryptedSessionStorage(inner, {
      keyring: Keyring.parse(textB),
      mode: 'strict',
    });
    await other.storeSession({ id: 'x', shop: 's', accessToken: 'token' });
    manager.holds = textB;
    await vi.advanceTimersByTimeAsync(1_000);
    expect((await storage.loadSession('x'))?.accessToken).toBe('token');
  });
});

describe('created', () => {
  it('is the time that a JWK says', async () => {
    const before = Math.floor(Date.now() / 1000) * 1000;
    const keyring = Keyring.fromJwks({ keys: [generateKey({ kid: 'made' }).jwk] });
    expect(keyring.created('made')?.getTime()).toBeGreaterThanOrEqual(before);
    const { jwk } = generateKey({ kid: 'old' });
    const old = Keyring.fromJwks({ keys: [{ ...jwk, iat: 1_700_000_000 }] });
    expect(old.created('old')?.toISOString()).toBe('2023-11-14T22:13:20.000Z');
  });

  it('is not known of keys in text, and of JWKs that do not say it', () => {
    expect(Keyring.parse(textA).created('a')).toBeUndefined();
    const { iat: _, ...jwk } = generateKey({ kid: 'a' }).jwk;
    expect(Keyring.fromJwks({ keys: [jwk] }).created('a')).toBeUndefined();
    expect(() => Keyring.parse(textA).created('b')).toThrow(/no key with this id/);
  });

  it.each([['yesterday'], [NaN], [Infinity], [1e300], [null], [Date.now()]])(
    'refuses an iat that is %s',
    (iat) => {
      const { jwk } = generateKey({ kid: 'a' });
      expect(() => Keyring.fromJwks({ keys: [{ ...jwk, iat: iat as number }] })).toThrow(/"iat"/);
    },
  );
});
