import { execFileSync } from 'node:child_process';
import fs, {
  mkdirSync,
  mkdtempSync,
  renameSync,
  rmSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { generateKey, Keyring } from '../../src/key-ring/index.js';
import { openToken, sealToken } from '../../src/sealed-token/index.js';

const a = generateKey({ kid: 'a' }).text;
const b = generateKey({ kid: 'b' }).text;
const context = { sessionId: 'offline_a', shop: 'a.myshopify.com', field: 'accessToken' };

let directory: string;
let file: string;
let warnings: string[];

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'key-ring-'));
  file = join(directory, 'keys');
  warnings = [];
  vi.useFakeTimers({ toFake: ['performance'] });
  vi.spyOn(process, 'emitWarning').mockImplementation((warning) => {
    warnings.push(String(warning));
  });
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
  rmSync(directory, { recursive: true });
});

describe('a key ring from a file', () => {
  it('reads it again at once for a token whose key is unknown, whenever it has changed', async () => {
    writeFileSync(file, a);
    const keyring = Keyring.fromFile(file);
    const { sealedToken: sealed } = await sealToken(Keyring.parse(b), 'token', context);
    const opening = async () => openToken(keyring, sealed, context);
    await expect(opening()).rejects.toMatchObject({ code: 'ERR_KEY_UNKNOWN', kid: 'b' });
    writeFileSync(file, `${a},b:half`);
    await expect(opening()).rejects.toMatchObject({ code: 'ERR_KEY_UNKNOWN', kid: 'b' });
    expect(keyring.lastRefreshError).toMatchObject({ code: 'ERR_KEYRING_INVALID' });
    writeFileSync(file, `${a},${b}`);
    expect(await opening()).toEqual({ token: 'token', kid: 'b' });
    expect(keyring.kids).toEqual(['a', 'b']);
    expect(keyring.lastRefreshError).toBeUndefined();
  });

  it('seals with the new primary once the interval has passed', () => {
    writeFileSync(file, a);
    const keyring = Keyring.fromFile(file, { refreshInterval: 5_000 });
    writeFileSync(file, `${b},${a}`);
    vi.advanceTimersByTime(4_999);
    expect(keyring.primary).toBe('a');
    vi.advanceTimersByTime(1);
    expect(keyring.primary).toBe('b');
  });

  it('does not read it again at an interval while it is as it was', () => {
    vi.useFakeTimers({ toFake: ['performance', 'Date'], now: Date.now() + 60_000 });
    const read = vi.spyOn(fs, 'readFileSync');
    writeFileSync(file, a);
    const keyring = Keyring.fromFile(file, { refreshInterval: 1_000 });
    for (let n = 0; n < 100; n++) {
      vi.advanceTimersByTime(1_000);
      expect(keyring.primary).toBe('a');
    }
    expect(read).toHaveBeenCalledTimes(1);

    writeFileSync(file, `${b},${a}`);
    vi.advanceTimersByTime(1_000);
    expect(keyring.primary).toBe('b');
    expect(read).toHaveBeenCalledTimes(2);
  });

  it('reads it again as long as another write might look the same', () => {
    const read = vi.spyOn(fs, 'readFileSync');
    writeFileSync(file, a);
    const keyring = Keyring.fromFile(file, { refreshInterval: 1_000 });
    vi.advanceTimersByTime(1_000);
    expect(keyring.primary).toBe('a');
    expect(read).toHaveBeenCalledTimes(2);
  });

  it('never reads it at an interval when that is Infinity', () => {
    writeFileSync(file, a);
    const keyring = Keyring.fromFile(file, { refreshInterval: Number.POSITIVE_INFINITY });
    writeFileSync(file, b);
    vi.advanceTimersByTime(1e9);
    expect(keyring.primary).toBe('a');
  });

  it('follows a symbolic link that is swapped, as Kubernetes does', () => {
    for (const [name, keys] of [
      ['1', a],
      ['2', `${b},${a}`],
    ] as const) {
      mkdirSync(join(directory, name));
      writeFileSync(join(directory, name, 'keys'), keys);
    }
    symlinkSync('1', join(directory, 'data'));
    const keyring = Keyring.fromFile(join(directory, 'data', 'keys'));
    symlinkSync('2', join(directory, 'next'));
    renameSync(join(directory, 'next'), join(directory, 'data'));
    vi.advanceTimersByTime(60_000);
    expect(keyring.kids).toEqual(['b', 'a']);
  });

  it.each([
    ['half written', () => writeFileSync(file, `${b},${a.slice(0, 20)}`), /key 2 \("a"\)/],
    ['empty', () => writeFileSync(file, ''), /holds no key/],
    ['gone', () => unlinkSync(file), /ENOENT/],
    ['binary', () => writeFileSync(file, Buffer.from([0xff, 0xfe, 0x41])), /is not text/],
    ['in UTF-16', () => writeFileSync(file, b, 'utf16le'), /is not in UTF-8; save it as UTF-8/],
  ])('keeps its keys when the file is %s, and says so', (_, damage, message) => {
    writeFileSync(file, a);
    const keyring = Keyring.fromFile(file);
    damage();
    vi.advanceTimersByTime(60_000);
    expect(keyring.kids).toEqual(['a']);
    expect(keyring.lastRefreshError?.message).toMatch(message);
    vi.advanceTimersByTime(60_000);
    expect(keyring.kids).toEqual(['a']);
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toMatch(message);
    expect(warnings[0]).not.toContain(a.slice(2, 14));

    writeFileSync(file, b);
    vi.advanceTimersByTime(60_000);
    expect(keyring.kids).toEqual(['b']);
    expect(keyring.lastRefreshError).toBeUndefined();
  });

  it.each([
    ['at the next interval', 60_000, (keyring: Keyring) => keyring.kids],
    [
      'for a token whose key is unknown',
      1,
      (keyring: Keyring, sealed: string) => openToken(keyring, sealed, context),
    ],
  ])(
    'reads a file again that could not be read for a reason that passes: %s',
    async (_, wait, use) => {
      vi.useFakeTimers({ toFake: ['performance', 'Date'], now: Date.now() + 60_000 });
      writeFileSync(file, a);
      const keyring = Keyring.fromFile(file);
      const { sealedToken: sealed } = await sealToken(Keyring.parse(b), 'token', context);
      writeFileSync(file, `${b},${a}`);
      vi.spyOn(fs, 'readFileSync').mockImplementationOnce(() => {
        throw Object.assign(new Error('too many open files'), { code: 'EMFILE' });
      });
      vi.advanceTimersByTime(60_000);
      expect(keyring.kids).toEqual(['a']);
      expect(keyring.lastRefreshError?.message).toMatch('EMFILE');
      vi.advanceTimersByTime(wait);
      await use(keyring, sealed);
      expect(keyring.kids).toEqual(['b', 'a']);
      expect(keyring.lastRefreshError).toBeUndefined();
    },
  );

  it.each([
    ['missing', () => undefined, /cannot be read \(ENOENT\): there is no such file/],
    ['a directory', () => mkdirSync(file), /is a directory/],
    ['empty', () => writeFileSync(file, '\n'), /holds no key/],
    ['too large', () => writeFileSync(file, 'a'.repeat(2 ** 20 + 1)), /too large/],
  ])('is refused when the file is %s, without the path', (_, prepare, message) => {
    prepare();
    expect(() => Keyring.fromFile(file)).toThrow(message);
    expect(() => Keyring.fromFile(file)).not.toThrow(directory);
  });

  it.each([0, -1, Number.NaN])('refuses an interval of %s', (refreshInterval) => {
    writeFileSync(file, a);
    expect(() => Keyring.fromFile(file, { refreshInterval })).toThrow(/refreshInterval/);
  });

  it('reads a pipe once, since reading it again would wait for ever', async () => {
    execFileSync('mkfifo', [file]);
    const writer = import('node:child_process').then(({ spawn }) =>
      spawn('sh', ['-c', 'printf %s "$KEYS" > "$PIPE"'], { env: { KEYS: a, PIPE: file } }),
    );
    await writer;
    const keyring = Keyring.fromFile(file);
    vi.advanceTimersByTime(1e9);
    expect(keyring.kids).toEqual(['a']);
  });
});
