// A rotator in a process of its own: re-encrypts its part of the official PostgreSQL storage whenever
// its parent says so, and answers what that took.
import pg from 'pg';
import { postgresqlCatalog } from '../../src/catalogs/postgresql/index.js';
import { Keyring, type ReencryptionOptions, reencryptSessions } from '../../src/index.js';

/** What the parent asks for. */
export interface ShardTask {
  readonly keys: string;
  /** Undefined: the whole store. */
  readonly shard: ReencryptionOptions['shard'];
}

/** What the child answers. */
export interface ShardRun {
  readonly reencrypted: number;
  readonly conflicts: number;
  /** Processor time in microseconds. */
  readonly cpu: number;
}

const [, , connectionString] = process.argv;
const catalog = postgresqlCatalog(new pg.Pool({ connectionString, max: 20 }));

async function runTask({ keys, shard }: ShardTask): Promise<ShardRun> {
  const before = process.cpuUsage();
  const report = await reencryptSessions(catalog, { keyring: Keyring.parse(keys), shard });
  const { user, system } = process.cpuUsage(before);
  return { reencrypted: report.reencrypted, conflicts: report.conflicts, cpu: user + system };
}

process.on('message', async (task) => {
  process.send?.(await runTask(task as ShardTask));
});
