// Whatever is passed in place of what a public function takes, the error is one of this package's, with a
// stable code: never a bare TypeError.
import { Keyv } from 'keyv';
import { describe, expect, test } from 'vitest';
import { dynamodbCatalog } from '../../src/catalogs/dynamodb/index.js';
import { kvCatalog } from '../../src/catalogs/kv/index.js';
import { mongodbCatalog } from '../../src/catalogs/mongodb/index.js';
import { mysqlCatalog } from '../../src/catalogs/mysql/index.js';
import { postgresqlCatalog } from '../../src/catalogs/postgresql/index.js';
import { prismaCatalog } from '../../src/catalogs/prisma/index.js';
import { redisCatalog } from '../../src/catalogs/redis/index.js';
import { sqliteCatalog } from '../../src/catalogs/sqlite/index.js';
import {
  copySessions,
  EncryptedSessionStorage,
  generateKey,
  inspectSession,
  inspectToken,
  Keyring,
  KeyvSessionStorage,
  reencryptSessions,
  SessionEncryptionError,
  sealedTokenLength,
} from '../../src/index.js';
import { openSessionStorage } from '../../src/open/index.js';

/** Neither options nor what any function takes. */
const wrong: readonly (readonly [string, unknown])[] = [
  ['null', null],
  ['a number', 7],
  ['text', 'a-secret'],
  ['true', true],
  ['a list', ['a-secret']],
  ['a Map', new Map([['deadline', 5]])],
  ['a Date', new Date(0)],
  ['a function', () => {}],
  ['a symbol', Symbol('a-secret')],
  ['a bigint', 7n],
];

const method = () => {};
const keyring = Keyring.generate('test');
const storage = () => openSessionStorage('memory:');
const wrapped = () => new EncryptedSessionStorage(storage(), { keyring });
const token = 'shpat_example';
const session = { id: 'a', shop: 'a.myshopify.com', isOnline: false };
const models = Object.fromEntries(
  ['findMany', 'findUnique', 'updateMany', 'create', 'count'].map((name) => [name, method]),
);
const dynamodb = Object.fromEntries(
  ['scan', 'getItem', 'putItem', 'updateItem', 'deleteItem', 'describeTable'].map((name) => [
    name,
    method,
  ]),
);
const pool = { connect: method, query: method, end: method, on: method, totalCount: 0 };

type Call = (value: never) => unknown;

/** Functions whose last argument is an object of options. */
const takeOptions: readonly (readonly [string, Call])[] = [
  ['EncryptedSessionStorage', (value) => new EncryptedSessionStorage(storage(), value)],
  ['KeyvSessionStorage', (value) => new KeyvSessionStorage(new Keyv(), value)],
  ['openSessionStorage', (value) => openSessionStorage('memory:', value)],
  ['reencryptSessions', (value) => reencryptSessions(storage(), value)],
  ['copySessions', (value) => copySessions(storage(), storage(), value)],
  ['generateKey', (value) => generateKey(value)],
  ['Keyring.fromFile', (value) => Keyring.fromFile('/nowhere/keys', value)],
  ['Keyring.fromSource', (value) => Keyring.fromSource(() => generateKey().text, value)],
  ['dynamodbCatalog', (value) => dynamodbCatalog(dynamodb as never, value)],
  [
    'kvCatalog',
    (value) =>
      kvCatalog({ get: method, put: method, delete: method, list: method } as never, value),
  ],
  ['mongodbCatalog', (value) => mongodbCatalog({ collection: method } as never, value)],
  [
    'mysqlCatalog',
    (value) =>
      mysqlCatalog({ getConnection: method, execute: method, end: method } as never, value),
  ],
  ['postgresqlCatalog', (value) => postgresqlCatalog(pool as never, value)],
  [
    'prismaCatalog',
    (value) => prismaCatalog({ $disconnect: method, session: models } as never, value),
  ],
  [
    'redisCatalog',
    (value) => redisCatalog({ sendCommand: method, duplicate: method } as never, value),
  ],
  ['sqliteCatalog', (value) => sqliteCatalog({ prepare: method } as never, value)],
];

/** Functions with an argument of another kind, and what is right there after all. */
const takeOthers: readonly (readonly [name: string, call: Call, right: string])[] = [
  [
    'EncryptedSessionStorage',
    (value) => new EncryptedSessionStorage(value, { keyring }),
    'nothing',
  ],
  ['KeyvSessionStorage', (value) => new KeyvSessionStorage(value), 'a Map'],
  ['openSessionStorage', (value) => openSessionStorage(value), 'a Map'],
  ['reencryptSessions', (value) => reencryptSessions(value, { keyring }), 'nothing'],
  ['copySessions from', (value) => copySessions(value, storage()), 'nothing'],
  ['copySessions to', (value) => copySessions(storage(), value), 'nothing'],
  ['inspectToken, token', (value) => inspectToken(value, keyring), 'text'],
  ['inspectToken, keyring', (value) => inspectToken(token, value), 'nothing'],
  ['inspectToken, place', (value) => inspectToken(token, keyring, value), 'nothing'],
  ['inspectSession, session', (value) => inspectSession(value, keyring), 'nothing'],
  ['inspectSession, keyring', (value) => inspectSession(session, value), 'nothing'],
  ['sealedTokenLength, keyring', (value) => sealedTokenLength(value), 'nothing'],
  ['sealedTokenLength, length', (value) => sealedTokenLength(keyring, value), 'a number'],
  ['Keyring.fromEnv', (value) => Keyring.fromEnv(value), 'nothing'],
  ['Keyring.fromFile', (value) => Keyring.fromFile(value), 'nothing'],
  ['Keyring.fromSource', (value) => Keyring.fromSource(value), 'nothing'],
  ['Keyring.fromJwks', (value) => Keyring.fromJwks(value), 'nothing'],
  ['Keyring.parse', (value) => Keyring.parse(value), 'nothing'],
  ['Keyring.generate', (value) => Keyring.generate(value), 'text'],
  ['keyring.fingerprint', (value) => keyring.fingerprint(value), 'nothing'],
  ['keyring.algorithm', (value) => keyring.algorithm(value), 'nothing'],
  ['keyring.created', (value) => keyring.created(value), 'nothing'],
  ['storeSession', (value) => storage().storeSession(value), 'nothing'],
  ['deleteSessions', (value) => storage().deleteSessions(value), 'a list'],
  ['loadSession', (value) => storage().loadSession(value), 'text'],
  ['deleteSession', (value) => storage().deleteSession(value), 'text'],
  ['findSessionsByShop', (value) => storage().findSessionsByShop(value), 'text'],
  ['storeSession, wrapped', (value) => wrapped().storeSession(value), 'nothing'],
  ['deleteSessions, wrapped', (value) => wrapped().deleteSessions?.(value), 'a list'],
  ['loadSession, wrapped', (value) => wrapped().loadSession(value), 'text'],
  ['deleteSession, wrapped', (value) => wrapped().deleteSession(value), 'text'],
  ['findSessionsByShop, wrapped', (value) => wrapped().findSessionsByShop?.(value), 'text'],
  ['replaceSession', (value) => storage().replaceSession(undefined, value), 'nothing'],
  ['replaceSessions', (value) => storage().replaceSessions(value), 'nothing'],
  ['removeSession', (value) => storage().removeSession(value), 'nothing'],
  ['dynamodbCatalog', (value) => dynamodbCatalog(value), 'nothing'],
  ['kvCatalog', (value) => kvCatalog(value), 'a Map'],
  ['mongodbCatalog', (value) => mongodbCatalog(value), 'nothing'],
  ['mysqlCatalog', (value) => mysqlCatalog(value), 'nothing'],
  ['postgresqlCatalog', (value) => postgresqlCatalog(value), 'nothing'],
  ['prismaCatalog', (value) => prismaCatalog(value), 'nothing'],
  ['redisCatalog', (value) => redisCatalog(value), 'nothing'],
  ['sqliteCatalog', (value) => sqliteCatalog(value), 'nothing'],
];

const errorOf = async (call: () => unknown): Promise<unknown> => {
  try {
    await call();
  } catch (error) {
    return error;
  }
  throw new Error('It was taken.');
};

describe.each(takeOptions)('%s', (_name, call) => {
  test.each(wrong)('says of %s that it is not an object of options', async (_kind, value) => {
    const error = await errorOf(() => call(value as never));
    expect(error).toMatchObject({
      code: 'ERR_OPTION_INVALID',
      message: expect.stringMatching(/^The options of .* must be an object with options, but are /),
    });
    expect(String(error)).not.toContain('a-secret');
  });
});

describe.each(takeOthers)('%s', (_name, call, right) => {
  test.each(wrong.filter(([kind]) => kind !== right))(
    'refuses %s with an error of ours',
    async (_kind, value) => {
      const error = await errorOf(() => call(value as never));
      expect(error).toBeInstanceOf(SessionEncryptionError);
      expect(error).toMatchObject({ code: expect.stringMatching(/^ERR_/) });
      expect(String(error)).not.toContain('a-secret');
    },
  );
});
