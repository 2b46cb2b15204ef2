// Re-encrypts a store and reports to its parent how much memory that took.
import { Session } from '@shopify/shopify-api';
import pg from 'pg';
import { postgresqlCatalog } from '../../src/catalogs/postgresql/index.js';
import {
  Keyring,
  reencryptSessions,
  type SessionCatalog,
  type SessionLike,
} from '../../src/index.js';
import { openSessionStorage } from '../../src/open/index.js';

/** What the parent asks for. */
export interface MemoryTask {
  readonly url: string;
  /** Where our own records are; undefined: in the table of the official PostgreSQL storage. */
  readonly prefix: string | undefined;
  readonly keys: string;
  /** Whether every session is written in a statement of its own. */
  readonly isByRow: boolean;
}

/** What the child answers. Memory in mebibytes. */
export interface MemoryRun {
  /** The resident set before the first session. */
  readonly rssBefore: number;
  /** The largest resident set that the process has had. */
  readonly rssPeak: number;
  /** The most JavaScript objects in memory, garbage included. */
  readonly heapPeak: number;
  readonly seconds: number;
  readonly reencrypted: number;
}

const mebibytes = (bytes: number) => Math.round(bytes / 1024 / 102.4) / 10;

async function runTask({ url, prefix, keys, isByRow }: MemoryTask): Promise<MemoryRun> {
  const catalog: SessionCatalog<SessionLike> =
    prefix === undefined
      ? postgresqlCatalog(new pg.Pool({ connectionString: url, max: 20 }))
      : openSessionStorage(url, { Session, prefix });
  if (isByRow) Object.defineProperty(catalog, 'replaceSessions', { value: undefined });
  await catalog.loadSession?.('connect-first');
  const rssBefore = mebibytes(process.memoryUsage.rss());
  let heapPeak = 0;
  const sample = setInterval(() => {
    heapPeak = Math.max(heapPeak, process.memoryUsage().heapUsed);
  }, 20);
  const start = performance.now();
  const { reencrypted } = await reencryptSessions(catalog, { keyring: Keyring.parse(keys) });
  const seconds = Math.round(performance.now() - start) / 1000;
  clearInterval(sample);
  await catalog.disconnect?.();
  return {
    rssBefore,
    rssPeak: mebibytes(process.resourceUsage().maxRSS * 1024),
    heapPeak: mebibytes(heapPeak),
    seconds,
    reencrypted,
  };
}

process.once('message', async (task) => {
  process.send?.(await runTask(task as MemoryTask), () => process.exit());
});
