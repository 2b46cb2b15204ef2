// The examples in the docstrings of the sources run, over stores in memory, and answer what their comments say.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DynamoDB } from '@aws-sdk/client-dynamodb';
import { Session } from '@shopify/shopify-api';
import { MemorySessionStorage } from '@shopify/shopify-app-session-storage-memory';
import ts from '@typescript/typescript6';
import { Keyv } from 'keyv';
import Database from 'libsql';
import mysql from 'mysql2/promise';
import pg from 'pg';
import { createClient } from 'redis';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import * as errors from '../../src/errors.js';
import * as api from '../../src/index.js';
import * as open from '../../src/open/index.js';
import { sealToken } from '../../src/sealed-token/index.js';
import { type DocstringExample, docstringExamples } from './docstrings.js';
import { repository } from './documents.js';

const key = api.generateKey({ kid: '2026-11' });
const keyring = api.Keyring.parse(key.text);
const session = new Session({
  id: 'offline_a.myshopify.com',
  shop: 'a.myshopify.com',
  state: '',
  isOnline: false,
  accessToken: 'shpat_1',
});
const { id: sessionId, shop } = session;
const context = { sessionId, shop, field: 'accessToken' } as const;

/** A store of the app, which holds a session that is sealed with an older key. */
async function storeOf(store: open.OpenedSessionStorage<Session>) {
  const older = api.Keyring.generate('older');
  await new api.EncryptedSessionStorage(store, { keyring: older }).storeSession(session);
  return store;
}

/** Of an official storage over Cloudflare's KV. */
function kvNamespace() {
  const values = new Map<string, string>([
    [session.id, JSON.stringify(session.toPropertyArray(true))],
    [`shop:${shop}`, JSON.stringify([session.id])],
  ]);
  return {
    get: async (name: string) => values.get(name) ?? null,
    put: async (name: string, value: string) => void values.set(name, value),
    delete: async (name: string) => void values.delete(name),
    list: async () => ({ keys: [...values.keys()].map((name) => ({ name })), list_complete: true }),
  };
}

const gone = () => Promise.reject(new Error('The store is gone.'));

/** What a catalog asks of Prisma's client and of a database of MongoDB before it is used. */
const modelMethods = ['findMany', 'findUnique', 'updateMany', 'create', 'count'];
const mongoDatabase: object = new Proxy(gone, {
  get: () => mongoDatabase,
  apply: () => mongoDatabase,
});

/** What examples use, under the names that they have for it. */
async function scope(file: string, folder: string): Promise<Record<string, unknown>> {
  const own = await import(/* @vite-ignore */ new URL(file, repository).href);
  return {
    ...api,
    ...open,
    ...errors,
    ...own,
    ...{ DynamoDB, Keyv, Session, createClient, mysql, pg, process },
    ...{ id: sessionId, sessionId, shop, session, keyring, url: 'redis://localhost', message: 'M' },
    ...{ newKey: key.text, oldKey: api.generateKey({ kid: '2026-05' }).text },
    catalog: {
      sessions: () => ({ [Symbol.asyncIterator]: () => ({ next: gone }) }),
      replaceSession: gone,
    },
    sessionStorage: new api.EncryptedSessionStorage(new MemorySessionStorage(), { keyring }),
    row: { ...session, ...(await sealedRow()) },
    prisma: {},
    env: { SESSIONS: kvNamespace() },
    histogram: { record() {} },
    secrets: {
      get: async (name: string) =>
        name === 'session-keys' ? JSON.stringify({ keys: [key.jwk] }) : key.text,
    },
    shopifyApp: (config: object) => config,
    keysFile: join(folder, 'keys'),
    PrismaSessionStorage: MemorySessionStorage,
    KeyvRedis: function KeyvRedis() {
      return new Map();
    },
    MongoClient: class {
      connect = async () => ({ db: () => mongoDatabase });
    },
    PrismaClient: class {
      $disconnect = gone;
      session = Object.fromEntries(modelMethods.map((name) => [name, gone]));
    },
    DatabaseSync: class extends Database {
      constructor() {
        super(':memory:');
      }
    },
    // Its URL is checked as it stands; the store behind it is one in memory.
    openSessionStorage: async (url: string) => {
      await open.openSessionStorage(url, { Session }).disconnect();
      return storeOf(open.openSessionStorage('memory:', { Session }));
    },
  };
}

async function sealedRow() {
  const { sealedToken } = await sealToken(keyring, 'shpat_1', context);
  return { accessToken: sealedToken };
}

/** The example as the body of a function: what it imports it is given, and what it exports it answers. */
function bodyOf({ code }: DocstringExample): string {
  return code
    .replace(/^import .* from '.*';$/gm, '')
    .replace(/^declare .*$/gm, '')
    .replace(/^export default /gm, 'return ')
    .replace("'/run/secrets/session-encryption-keys'", 'keysFile')
    .replace(/= openSessionStorage\(/g, '= await openSessionStorage(')
    .replace(/^([\w.]+\(?.*);\s*\/\/ ('.*'|\d+)(?= |$)/gm, 'isSaid($1, $2); //');
}

/** The error that an example asks about, as the store or the key ring would throw it. */
function errorIn(code: string, given: Record<string, unknown>): unknown {
  const name = /instanceof (\w+)/.exec(code)?.[1] ?? '';
  if (name === 'SessionEncryptionError') return new api.KeyUnknownError('Message.', { kid: 'k' });
  const ErrorClass = given[name] as new (message: string, place: object) => Error;
  return name === '' ? new Error('Error.') : new ErrorClass('Message.', { ...context, limits: [] });
}

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'docstrings-'));
  await writeFile(join(folder, 'keys'), key.text);
  for (const method of ['log', 'warn', 'error'] as const) {
    vi.spyOn(console, method).mockImplementation(() => {});
  }
  vi.stubEnv('SESSION_ENCRYPTION_KEYS', key.text);
});
afterAll(async () => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true, force: true });
});

/** What holds for a key of the example, and not for this one. */
const ofAnotherKey = /^(?:[\da-f]{12}|\d{4}-\d\d-\d\dT.*Z)$/;

function isSaid(value: unknown, said: string | number): void {
  if (typeof said === 'string' && ofAnotherKey.test(said)) {
    expect(value ?? said).toMatch(ofAnotherKey);
  } else expect(value).toBe(said);
}

describe('an example in a docstring runs', () => {
  it.each(
    docstringExamples().map((example) => ({ ...example, name: `${example.file}:${example.line}` })),
  )('$name', async (example) => {
    const given = await scope(example.file, folder);
    const names = { ...given, error: errorIn(example.code, given), isSaid };
    const body = `async function example({ ${Object.keys(names).join(', ')} }) {{\n${bodyOf(example)}\n}}`;
    const { outputText } = ts.transpileModule(`return ${body}`, {
      compilerOptions: { target: ts.ScriptTarget.ES2022 },
    });
    const load = new Function(outputText);
    const run: Promise<unknown> = load()(names);
    if (/^throw /m.test(example.code)) await expect(run).rejects.toThrow('M');
    else await run;
  });

  it('and there are as many as in the sources', () => {
    expect(docstringExamples().length).toBeGreaterThan(45);
  });
});
