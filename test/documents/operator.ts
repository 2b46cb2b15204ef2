// An operator's place: an app's folder in which the commands of the documents run, and stores with sessions.
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect } from 'vitest';
import {
  EncryptedSessionStorage,
  Keyring,
  type SessionEncryptionMode,
  type SessionLike,
} from '../../src/index.js';
import { openSessionStorage } from '../../src/open/index.js';
import { createAppFolder } from './app-folder.js';
import { codeBlock } from './documents.js';
import { run } from './run-program.js';

/** A session as shopify-api makes them, as far as these tests look at one. */
export class StoredSession implements SessionLike {
  readonly id: string;
  shop: string;
  isOnline = false;
  state = '';
  accessToken?: string;
  refreshToken?: string;

  constructor(properties: { readonly shop: string }) {
    this.id = `offline_${properties.shop}`;
    this.shop = properties.shop;
    Object.assign(this, properties);
  }
}

/** Where an operator works. */
export interface Operator {
  /** The folder of an app that has this package installed. */
  readonly app: string;
  /** A folder for stores and key files. */
  readonly folder: string;
  /** The environment of a command, with these variables. */
  env(variables: NodeJS.ProcessEnv): NodeJS.ProcessEnv;
  /** Runs a block of the documents in the app's folder, which exits with `code`; answers what it printed. */
  runBlock(name: string, variables: NodeJS.ProcessEnv, code?: number): Promise<string>;
  /** Runs each line of a block by itself, each of which is a command; answers all that each printed. */
  runCommands(name: string, variables: NodeJS.ProcessEnv): Promise<string[]>;
}

/** Makes an operator's place for the tests of a file, under a name of its own. */
export function operator(name: string): Operator {
  let app = '';
  let folder = '';
  beforeAll(async () => {
    app = await createAppFolder(name);
    folder = await mkdtemp(join(tmpdir(), `${name}-`));
    // Finds what npx finds there, and takes none of its time.
    const program = `#!/bin/sh\nprogram="$1"\nshift\nexec node_modules/.bin/"$program" "$@"\n`;
    await writeFile(join(folder, 'npx'), program, { mode: 0o755 });
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));
  const env = (variables: NodeJS.ProcessEnv) => ({
    PATH: `${folder}:${process.env.PATH}`,
    // A bash that node starts would read ~/.bashrc.
    HOME: folder,
    ...variables,
  });
  const runScript = (script: string, variables: NodeJS.ProcessEnv) =>
    run('bash', ['-euo', 'pipefail', '-c', script], { cwd: app, env: env(variables) });
  return {
    get app() {
      return app;
    },
    get folder() {
      return folder;
    },
    env,
    async runBlock(block, variables, code = 0) {
      const ended = await runScript(codeBlock(block).code, variables);
      expect(ended.code, `${ended.stdout}${ended.stderr}`).toBe(code);
      return ended.stdout;
    },
    async runCommands(block, variables) {
      const printed: string[] = [];
      for (const line of codeBlock(block).code.trimEnd().split('\n')) {
        const { code, stdout, stderr } = await runScript(line, variables);
        expect(code, `${stdout}${stderr}`).toBe(0);
        printed.push(`${stdout}${stderr}`);
      }
      return printed;
    },
  };
}

/** A new key with this id, as text. */
export const keyOf = (kid: string): string => `${kid}:${randomBytes(32).toString('base64url')}`;

export const open = (url: string) => openSessionStorage(url, { Session: StoredSession });

/** Stores a session for each shop, as an app with these keys does. */
export async function storeSessions(
  url: string,
  keys: string,
  mode: SessionEncryptionMode = 'strict',
  shops: readonly string[] = ['flowers', 'books', 'tea'],
): Promise<StoredSession[]> {
  const inner = open(url);
  const storage = new EncryptedSessionStorage(inner, { keyring: Keyring.parse(keys), mode });
  const sessions = shops.map((name) => {
    const session = new StoredSession({ shop: `${name}.myshopify.com` });
    session.accessToken = `shpat_${randomBytes(16).toString('hex')}`;
    session.refreshToken = `shprt_${randomBytes(16).toString('hex')}`;
    return session;
  });
  for (const session of sessions) await storage.storeSession(session);
  await inner.disconnect();
  return sessions;
}

/** The sessions as an app with these keys loads them. */
export async function loadSessions(
  url: string,
  keys: string,
  ids: readonly string[],
): Promise<unknown[]> {
  const inner = open(url);
  const keyring = Keyring.parse(keys);
  const storage = new EncryptedSessionStorage(inner, { keyring, mode: 'strict' });
  const sessions: unknown[] = [];
  for (const id of ids) sessions.push(await storage.loadSession(id));
  await inner.disconnect();
  return sessions;
}

/** Every token that is stored, as it is stored. */
export async function storedTokens(url: string): Promise<string[]> {
  const storage = open(url);
  const tokens: string[] = [];
  for await (const { accessToken = '', refreshToken = '' } of storage.sessions()) {
    tokens.push(accessToken, refreshToken);
  }
  await storage.disconnect();
  return tokens;
}
