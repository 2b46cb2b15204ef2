// While an app is deployed again, instances before and after run side by side, on the same sessions.
// Each must open what the other stores: at every step of a rotation, of adopting and of backing out.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { Keyring, reencryptSessions, type SessionEncryptionMode } from '../../src/index.js';
import { generateKey } from '../../src/key-ring/index.js';
import { openSessionStorage } from '../../src/open/index.js';
import type { Deployment, TestSession } from './protocol.js';
import { buildInstance, type Instance, type InstanceProgram } from './start.js';

const oldKey = generateKey({ kid: 'old' }).text;
const newKey = generateKey({ kid: 'new' }).text;

/** A deployment, and the `rotate` that comes before it. */
interface Stage extends Deployment {
  readonly name: string;
  readonly rotateBefore?: SessionEncryptionMode;
}

const rotation: readonly Stage[] = [
  { name: 'the old key alone', keys: oldKey, mode: 'strict' },
  { name: 'the new key added last', keys: `${oldKey},${newKey}`, mode: 'strict' },
  { name: 'the new key moved first', keys: `${newKey},${oldKey}`, mode: 'strict' },
  { name: 're-encrypted', keys: `${newKey},${oldKey}`, mode: 'strict', rotateBefore: 'strict' },
  { name: 'the old key removed', keys: newKey, mode: 'strict' },
];

const withoutWrapper: Stage = { name: 'without the wrapper', keys: newKey, mode: undefined };
const inMode = (mode: SessionEncryptionMode): Stage => ({
  name: `mode ${mode}`,
  keys: newKey,
  mode,
});
const rotatedIn = (mode: SessionEncryptionMode): Stage => ({
  ...inMode(mode),
  name: `rotated in mode ${mode}`,
  rotateBefore: mode,
});

const adopting = [
  withoutWrapper,
  ...[inMode('rollback'), inMode('migrate'), rotatedIn('migrate'), inMode('strict')],
];
const backingOut = [
  ...[inMode('strict'), inMode('migrate'), inMode('rollback'), rotatedIn('rollback')],
  withoutWrapper,
];

let program: InstanceProgram;
beforeAll(async () => {
  program = await buildInstance();
});
afterAll(() => program?.remove());

let count = 0;
function newSession(): TestSession {
  const shop = `shop-${++count}.myshopify.com`;
  return refreshed({ id: `offline_${shop}`, shop, state: 'state', isOnline: false });
}
function refreshed(session: Omit<TestSession, 'accessToken' | 'refreshToken'>): TestSession {
  const digits = String(++count).padStart(32, '0');
  return { ...session, accessToken: `shpat_${digits}`, refreshToken: `shprt_${digits}` };
}

async function emptyStore(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'test-deploys-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return `sqlite:${join(folder, 'sessions.db')}`;
}

function start(url: string, deployment: Deployment): Instance {
  const instance = program.start(url, deployment);
  onTestFinished(() => instance.end());
  return instance;
}

async function rotate(url: string, { keys }: Deployment, mode: SessionEncryptionMode) {
  const catalog = openSessionStorage(url);
  try {
    const report = await reencryptSessions(catalog, { keyring: Keyring.parse(keys), mode });
    expect(report).toMatchObject({ unreadable: 0, unresolved: 0 });
  } finally {
    await catalog.disconnect();
  }
}

/** Both store new sessions and refresh those of the other; both open all that there are. */
async function exchange(one: Instance, other: Instance, stored: Map<string, TestSession>) {
  for (const [writer, reader] of [
    [one, other],
    [other, one],
  ] as const) {
    // Nobody opens the first shop any more, so nothing but rotate seals its session again.
    const busy = [...stored.values()].slice(1);
    const written = [newSession(), ...busy.slice(-4).map(refreshed)];
    for (const session of written) {
      await writer.store(session);
      stored.set(session.id, session);
    }
    for (const instance of [reader, writer]) {
      for (const { id, accessToken, refreshToken } of stored.values()) {
        expect(await instance.load(id)).toEqual({ accessToken, refreshToken });
      }
    }
  }
}

async function deploy(stages: readonly Stage[]): Promise<void> {
  const url = await emptyStore();
  const stored = new Map<string, TestSession>();
  let before: { readonly stage: Stage; readonly instance: Instance } | undefined;
  for (const stage of stages) {
    if (stage.rotateBefore !== undefined) await rotate(url, stage, stage.rotateBefore);
    const instance = start(url, stage);
    if (before !== undefined) {
      await exchange(before.instance, instance, stored).catch((cause: unknown) => {
        throw new Error(`"${before?.stage.name}" beside "${stage.name}"`, { cause });
      });
      await before.instance.end();
    }
    before = { stage, instance };
  }
}

const titled = (stages: readonly Stage[]) => stages.map(({ name }) => name).join(', then ');

describe('Instances side by side open what the other stores', () => {
  test(`at every step of a rotation: ${titled(rotation)}`, () => deploy(rotation));
  test(`at every step of adopting: ${titled(adopting)}`, () => deploy(adopting));
  test(`at every step of backing out: ${titled(backingOut)}`, () => deploy(backingOut));
});

describe('A step that is left out is what locks instances out', () => {
  test.each([
    {
      step: 'adding the new key last',
      stages: rotation.filter(({ name }) => name !== 'the new key added last'),
      code: 'ERR_KEY_UNKNOWN',
    },
    {
      step: 're-encrypting',
      stages: rotation.filter(({ rotateBefore }) => rotateBefore === undefined),
      code: 'ERR_KEY_UNKNOWN',
    },
    {
      step: 'mode migrate before mode rollback',
      stages: backingOut.filter(({ mode }) => mode !== 'migrate'),
      code: 'ERR_TOKEN_PLAINTEXT',
    },
  ])('$step: $code', async ({ stages, code }) => {
    const failure = await deploy(stages).catch((error: unknown) => error);
    expect(String(failure)).toContain(' beside ');
    expect(String((failure as Error).cause)).toContain(code);
  });
});
