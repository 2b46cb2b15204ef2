// What was given where a session storage or a Keyv belongs, and the call that was meant.
import { hasMembers, hasMethods, memberOf, typeName } from './foreign-object.js';

/** What `value` is, and what to write instead where that can be told. Nothing of it is repeated. */
export function describeWrongStorage(value: unknown): string {
  if (typeof value === 'string') return describeText(value);
  if (typeof value === 'function') return describeFunction(value);
  if (!hasMembers(value)) return typeName(value);
  if (hasMethods(value, 'then')) return 'a promise; await it first';
  const client = clients.find(({ methods }) => hasMethods(value, ...methods));
  if (client !== undefined)
    return `${client.name}; wrap ${client.storage}, made with it or its URL`;
  if (hasMethods(value, 'get', 'set', 'delete')) {
    return `${typeName(value)}, as an adapter of Keyv; wrap new Keyv(…) around it`;
  }
  const exported = memberOf(value, 'default');
  if (hasMembers(exported))
    return `${typeName(value)} with a default export; that is meant, perhaps`;
  return typeName(value);
}

/** The storages that are meant by a driver's client. */
const clients = [
  {
    methods: ['$connect', '$transaction'],
    name: 'a Prisma client',
    storage: 'new PrismaSessionStorage(…)',
  },
  {
    methods: ['getConnection', 'execute'],
    name: 'a pool of mysql2',
    storage: 'new MySQLSessionStorage(…)',
  },
  {
    methods: ['query', 'connect', 'end'],
    name: 'a client of pg',
    storage: 'new PostgreSQLSessionStorage(…)',
  },
  {
    methods: ['sendCommand', 'duplicate'],
    name: 'a Redis client',
    storage: 'new RedisSessionStorage(…)',
  },
  {
    methods: ['collection', 'command'],
    name: 'a database of mongodb',
    storage: 'new MongoDBSessionStorage(…)',
  },
];

function describeText(text: string): string {
  const scheme = /^([a-z]{2,16})(?:\+srv)?:/i.exec(text)?.[1]?.toLowerCase() ?? '';
  if (/^(?:rediss?|postgres|postgresql|mysql|mariadb|sqlite|memory)$/.test(scheme)) {
    return 'a URL; write openSessionStorage(url), from shopify-app-session-storage-encrypted/open';
  }
  if (scheme === 'file' || /\.(?:db|sqlite3?)$/.test(text)) {
    return 'the name of a file; write openSessionStorage with a URL such as sqlite:sessions.db, from shopify-app-session-storage-encrypted/open';
  }
  if (scheme === 'mongodb') {
    return 'a URL of MongoDB; wrap new MongoDBSessionStorage(…), from @shopify/shopify-app-session-storage-mongodb';
  }
  return 'a text';
}

function describeFunction(value: object): string {
  const { prototype } = value as { prototype?: unknown };
  const isStorage = hasMethods(prototype, 'loadSession', 'storeSession');
  if (!isStorage && !hasMethods(prototype, 'get', 'set', 'delete'))
    return 'a function; call it first';
  const name = String(memberOf(value, 'name'));
  const shown = /^\w{1,60}$/.test(name) ? name : 'a';
  return `the class ${shown}, not an instance of it; write new ${shown}(…)`;
}
