// A connection of the Prisma client is lost while it reads: nothing fails, as with the drivers themselves.
import { setTimeout as pause } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import { prismaCatalog } from '../../src/catalogs/prisma/index.js';
import {
  officialPrismaMysql,
  officialPrismaPostgres,
} from '../conformance/backends/official-prisma-on-servers.js';
import { TcpProxy } from '../faults/tcp-proxy.js';
import { sharedServer } from '../servers/shared.js';

const backends = [
  ['PostgreSQL', 'postgres', officialPrismaPostgres],
  ['MySQL', 'mysql', officialPrismaMysql],
] as const;

test.each(backends.filter(([, server]) => sharedServer(server) !== undefined))(
  'on %s',
  async (_name, server, backend) => {
    const place = await backend.create(sharedServer(server) ?? '');
    onTestFinished(() => backend.drop(place));
    const url = new URL(place.database ?? '');
    const defaultPort = server === 'postgres' ? 5432 : 3306;
    const network = await TcpProxy.start(Number(url.port || defaultPort));
    onTestFinished(() => network.stop());
    const client = await backend.client({ ...place, database: network.through(url.href) });
    onTestFinished(() => client.$disconnect());
    const catalog = prismaCatalog(client as never);
    const look = async () => catalog.loadSession?.('offline_lost.myshopify.com');
    expect(await look()).toBeUndefined();

    // Reset on the way.
    network.delay(200);
    const answer = look();
    await pause(100);
    network.cut();
    network.delay(0);
    expect(await answer).toBeUndefined();
    expect(await look()).toBeUndefined();

    // Ended in the middle of the reply: it depends on the client which one that is.
    for (let times = 1; times <= 10; times++) {
      network.truncate(1);
      expect(await look()).toBeUndefined();
      await network.restore();
    }
  },
);
