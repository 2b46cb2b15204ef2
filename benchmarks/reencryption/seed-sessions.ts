// Puts many sealed sessions in a store in little time: as the records that KeyvSessionStorage writes,
// in large batches, without the index per shop, which re-encryption does not touch.
import pg from 'pg';
import { createClient } from 'redis';
import type { Keyring } from '../../src/index.js';
import { RecordKeys } from '../../src/keyv-session-storage/record-keys.js';
import { encodeSession } from '../../src/keyv-session-storage/session-record.js';
import { sealSession } from '../../src/session-fields/index.js';
import { offlineSession } from '../sealing/samples.js';
import type { Server } from '../storages/servers.js';

const BATCH = 1000;

export async function seedSessions(
  server: Server,
  prefix: string,
  count: number,
  keyring: Keyring,
): Promise<void> {
  const writer =
    server.backend === 'Redis' ? await redisWriter(server) : await postgresWriter(server);
  const recordKeys = new RecordKeys(prefix, undefined);
  try {
    for (let start = 0; start < count; start += BATCH) {
      const records: [key: string, text: string][] = [];
      for (let index = start; index < Math.min(start + BATCH, count); index++) {
        const session = offlineSession(`shop-${index}.myshopify.com`);
        const sealed = await sealSession(session, { keyring, mode: 'strict', userInfo: false });
        records.push([
          await recordKeys.session(session.id),
          encodeSession(sealed.session, undefined),
        ]);
      }
      await writer.write(records);
    }
  } finally {
    await writer.close();
  }
}

interface Writer {
  write(records: readonly (readonly [key: string, text: string])[]): Promise<void>;
  close(): Promise<void>;
}

async function redisWriter({ url }: Server): Promise<Writer> {
  const client = createClient({ url });
  client.on('error', () => {});
  await client.connect();
  return {
    async write(records) {
      await client.mSet(records.map(([key, text]): [string, string] => [key, text]));
    },
    close: async () => client.close(),
  };
}

async function postgresWriter({ url }: Server): Promise<Writer> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  // As openSessionStorage makes it.
  await client.query(
    'CREATE TABLE IF NOT EXISTS public.shopify_session_records (key VARCHAR(255) PRIMARY KEY, value TEXT)',
  );
  return {
    async write(records) {
      const columns = [records.map(([key]) => key), records.map(([, text]) => text)];
      await client.query(
        'INSERT INTO public.shopify_session_records SELECT * FROM unnest($1::text[], $2::text[])',
        columns,
      );
    },
    async close() {
      // As autovacuum would in its own time; in the middle of a round it would disturb.
      await client.query('VACUUM ANALYZE public.shopify_session_records');
      await client.end();
    },
  };
}
