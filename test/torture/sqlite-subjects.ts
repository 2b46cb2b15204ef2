// SQLite files that several processes use at once. Their journal is kept in the file: unlike one in
// memory, it survives processes that are killed.
import { join } from 'node:path';
import Libsql from 'libsql';
import { type PrismaClient, prismaCatalog } from '../../src/catalogs/prisma/index.js';
import { drizzleSqliteBackend } from '../catalogs/backends/official-drizzle.js';
import { openLibsql, sqliteBackend } from '../catalogs/backends/official-sqlite.js';
import type { Place } from '../conformance/backend.js';
import { officialPrisma } from '../conformance/backends/official-prisma.js';
import type { Subject } from './subject.js';

// As `rotate --store` opens it: SQLite does not wait for a lock, the catalog asks again.
export const sqliteSubject = inWriteAheadLog(sqliteBackend('libsql', openLibsql));

// How long SQLite waits for a lock. Without it, a statement that finds the file locked fails at once,
// so that four writers would keep a batch of Prisma's out until its deadline.
const patiently = 'PRAGMA busy_timeout = 10000';

export const prismaSubject = inWriteAheadLog({
  ...officialPrisma,
  async connect(place) {
    const { storage, close } = await officialPrisma.connect(place);
    // The storage's own client.
    const client: PrismaClient & { $queryRawUnsafe(sql: string): Promise<unknown> } = Reflect.get(
      storage,
      'prisma',
    );
    await client.$queryRawUnsafe(patiently);
    // The database must survive killed processes, but no power cut.
    await client.$queryRawUnsafe('PRAGMA synchronous = OFF');
    return { storage, catalog: prismaCatalog(client), close };
  },
});

export const drizzleSubject = inWriteAheadLog({
  ...drizzleSqliteBackend,
  async connect(place) {
    const connection = await drizzleSqliteBackend.connect(place);
    const database: { run(sql: string): Promise<unknown> } = Reflect.get(connection.storage, 'db');
    await database.run(patiently);
    return connection;
  },
});

function inWriteAheadLog(subject: Subject): Subject {
  return {
    ...subject,
    async create(server) {
      const place = await subject.create(server);
      const database = new Libsql(fileOf(place));
      database.exec('PRAGMA journal_mode = WAL');
      database.close();
      return place;
    },
  };
}

const fileOf = ({ folder = '' }: Place) => join(folder, 'sessions.db');
