// Test files that run side by side share the connections of a PostgreSQL, which has a hundred.
import pg from 'pg';

/** Any number that no other lock has. */
const lock = 20_261_128;

/**
 * Waits until no other test file has several processes at the server, each with a pool of ten.
 *
 * @returns What lets the next one begin.
 */
export async function turnAtPostgres(url: string): Promise<() => Promise<void>> {
  const client = new pg.Client(url);
  await client.connect();
  await client.query('SELECT pg_advisory_lock($1)', [lock]);
  return () => client.end();
}
