// Prisma on an SQLite file that several processes use at once.
import { type PrismaClient, prismaCatalog } from '../../src/catalogs/prisma/index.js';
import type { Place } from '../conformance/backend.js';
import { officialPrisma } from '../conformance/backends/official-prisma.js';
import type { Subject } from './subject.js';

type SqlClient = PrismaClient & { $queryRawUnsafe(sql: string): Promise<unknown> };

export const prismaSubject: Subject = {
  ...officialPrisma,
  async create(server) {
    const place = await officialPrisma.create(server);
    // Kept in the file. Unlike a journal in memory, it survives processes that are killed.
    await withClient(place, (client) => client.$queryRawUnsafe('PRAGMA journal_mode = WAL'));
    return place;
  },
  async connect(place) {
    const { storage, close } = await officialPrisma.connect(place);
    const client = clientOf(storage);
    // Without it, a statement that finds the file locked fails at once, so that four writers would keep a
    // batch out until its deadline.
    await client.$queryRawUnsafe('PRAGMA busy_timeout = 10000');
    // The database must survive killed processes, but no power cut.
    await client.$queryRawUnsafe('PRAGMA synchronous = OFF');
    return { storage, catalog: prismaCatalog(client), close };
  },
};

async function withClient(place: Place, use: (client: SqlClient) => Promise<unknown>) {
  const { storage, close } = await officialPrisma.connect(place);
  await use(clientOf(storage));
  await close();
}

/** The storage's own client. */
const clientOf = (storage: object): SqlClient => Reflect.get(storage, 'prisma');
