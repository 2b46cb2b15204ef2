// How much memory re-encryption needs, by the number of sessions: each in a process of its own. Of the
// official PostgreSQL storage also what it does to the table and to the write-ahead log.
import { fork } from 'node:child_process';
import pg from 'pg';
import { Keyring } from '../../src/index.js';
import { generateKey } from '../../src/key-ring/index.js';
import type { Server } from '../storages/servers.js';
import type { MemoryRun, MemoryTask } from './memory-child.js';
import { officialPostgresql } from './rate-stores.js';
import { seedSessions } from './seed-sessions.js';

export const OFFICIAL_POSTGRESQL = 'official PostgreSQL';
export const ROW_BY_ROW = 'official PostgreSQL, row by row';

/** What holds the sessions, and how they are written. */
export type MemoryStore = Server['backend'] | typeof OFFICIAL_POSTGRESQL | typeof ROW_BY_ROW;

/** What one run took. */
export interface MemoryResult extends MemoryRun {
  readonly backend: MemoryStore;
  readonly sessions: number;
  /** In mebibytes; of an SQL table without a vacuum in between. */
  readonly table?: {
    readonly sizeBefore: number;
    readonly sizeAfter: number;
    readonly wal: number;
  };
}

export async function measureMemory(
  server: Server,
  backend: MemoryStore,
  sessions: number,
): Promise<MemoryResult> {
  const [oldKey, newKey] = ['2026-05', '2026-11'].map((kid) => generateKey({ kid }).text);
  const [seeding, keys] = [Keyring.parse(String(oldKey)), `${newKey},${oldKey}`];
  const isByRow = backend === ROW_BY_ROW;
  const checked = (run: MemoryRun) => {
    if (run.reencrypted !== sessions) throw new Error(`Only ${run.reencrypted} of ${sessions}`);
    return { backend, sessions, ...run };
  };
  if (isByRow || backend === OFFICIAL_POSTGRESQL) {
    const { close } = await officialPostgresql(server.url, sessions, seeding);
    try {
      const task = { url: server.url, prefix: undefined, keys, isByRow };
      const { run, ...table } = await watchingTable(server.url, () => runChild(task));
      return { ...checked(run), table };
    } finally {
      await close();
    }
  }
  const prefix = `${server.prefix}-memory`;
  try {
    await seedSessions(server, prefix, sessions, seeding);
    return checked(await runChild({ url: server.url, prefix, keys, isByRow }));
  } finally {
    await server.clear();
  }
}

/** Runs something, and finds out what it did to the table and to the log. */
async function watchingTable<T>(connectionString: string, work: () => Promise<T>) {
  const client = new pg.Client({ connectionString });
  await client.connect();
  const ask = async (sql: string) => Number((await client.query(sql)).rows[0]?.bytes);
  const mebibytes = (bytes: number) => Math.round(bytes / 1024 / 1024);
  const size = () => ask(`SELECT pg_total_relation_size('shopify_sessions') AS bytes`);
  const written = () => ask(`SELECT pg_current_wal_insert_lsn() - '0/0'::pg_lsn AS bytes`);
  try {
    // Whether a vacuum comes in between would be chance.
    await client.query('ALTER TABLE shopify_sessions SET (autovacuum_enabled = off)');
    // Each page is written to the log in full when it first changes after a checkpoint.
    await client.query('CHECKPOINT');
    const [sizeBefore, walBefore] = [await size(), await written()];
    const run = await work();
    return {
      run,
      sizeBefore: mebibytes(sizeBefore),
      sizeAfter: mebibytes(await size()),
      wal: mebibytes((await written()) - walBefore),
    };
  } finally {
    await client.end();
  }
}

function runChild(task: MemoryTask): Promise<MemoryRun> {
  return new Promise((resolve, reject) => {
    const child = fork(new URL('memory-child.js', import.meta.url), { serialization: 'json' });
    child.on('error', reject);
    child.on('exit', (code) => reject(new Error(`The child process ended with ${code}`)));
    child.on('message', (run) => resolve(run as MemoryRun));
    child.send(task);
  });
}
