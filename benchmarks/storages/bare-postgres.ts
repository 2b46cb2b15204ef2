// A PostgreSQL client doing the least that stores sessions and finds those of a shop: a table with
// an index on the shop, one statement for each call, no class, no encryption.
import type { Session } from '@shopify/shopify-api';
import pg from 'pg';
import type { StorageUnderTest, TestedStorage } from './storage-under-test.js';

export async function barePostgres(url: string): Promise<StorageUnderTest> {
  const pool = new pg.Pool({ connectionString: url });
  pool.on('error', () => {});
  await pool.query('CREATE TABLE bare_sessions (id text PRIMARY KEY, shop text, session text)');
  await pool.query('CREATE INDEX ON bare_sessions (shop)');
  const storage: TestedStorage = {
    async storeSession(session: Session) {
      await pool.query(
        'INSERT INTO bare_sessions VALUES ($1, $2, $3) ON CONFLICT (id) DO UPDATE SET session = $3',
        [session.id, session.shop, JSON.stringify(session)],
      );
      return true;
    },
    async loadSession(id) {
      const { rows } = await pool.query('SELECT session FROM bare_sessions WHERE id = $1', [id]);
      return rows.length === 0 ? undefined : JSON.parse(rows[0].session);
    },
    async findSessionsByShop(shop) {
      const { rows } = await pool.query('SELECT session FROM bare_sessions WHERE shop = $1', [
        shop,
      ]);
      return rows.map(({ session }) => JSON.parse(session));
    },
    async deleteSession(id) {
      await pool.query('DELETE FROM bare_sessions WHERE id = $1', [id]);
      return true;
    },
    async deleteSessions(ids) {
      await pool.query('DELETE FROM bare_sessions WHERE id = ANY($1)', [ids]);
      return true;
    },
  };
  return { name: 'bare client', storage, close: () => pool.end() };
}
