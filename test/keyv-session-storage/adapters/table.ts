// What is expected of each adapter of Keyv: adapters.test.ts holds it against the real ones, and
// docs/stores.md shows it.
import type { AdapterName } from './makers.js';

/** A row of the table. */
export interface AdapterRow {
  readonly compareAndSwap: 'native' | 'in the process' | 'refused';
  readonly lists: 'yes' | 'no' | '–';
  /** What else a reader should know, in Markdown. */
  readonly note?: string;
  /** Of an adapter that is refused: when, and a part of the reason. */
  readonly refused?: readonly [when: 'at construction' | 'at the first call', reason: string];
}

const native = { compareAndSwap: 'native', lists: 'yes' } as const;
const inProcess = { compareAndSwap: 'in the process', lists: 'yes' } as const;
const unlisted = { compareAndSwap: 'in the process', lists: 'no' } as const;
const refused = { compareAndSwap: 'refused', lists: '–' } as const;

export const adapterTable: Record<AdapterName, AdapterRow> = {
  Map: { ...native, note: 'the default of `new Keyv()`' },
  '@keyv/redis': native,
  '@keyv/valkey': native,
  '@keyv/postgres': { ...native, note: 'rather `openSessionStorage`: see below' },
  '@keyv/sqlite': native,
  '@keyv/etcd': inProcess,
  'keyv-file': { ...inProcess, note: 'a process that is killed loses its last writes' },
  'quick-lru': { ...native, note: 'forgets sessions beyond `maxSize`' },
  '@keyv/bigmap': unlisted,
  'lru-cache': { ...unlisted, note: 'forgets sessions beyond `max`' },
  'keyv-lru': { ...unlisted, note: 'forgets sessions beyond `max`' },
  '@keyv/mysql': {
    ...refused,
    refused: ['at construction', 'differ in case'],
    note: "takes keys that differ in case for one; use `openSessionStorage('mysql://…')`",
  },
  '@keyv/dynamo': {
    ...refused,
    refused: ['at construction', 'after six hours'],
    note: 'everything expires after six hours; wrap the official DynamoDB storage',
  },
  '@keyv/memcache': {
    ...refused,
    refused: ['at the first call', 'changes what it is given'],
    note: 'changes what it is given, which shows at the first call',
  },
};

/** The name of an adapter and what is said of it, as cells of Markdown. */
export const adapterCells = (): string[][] =>
  Object.entries(adapterTable).map(([name, { compareAndSwap, lists, note = '' }]) => [
    name === 'Map' ? name : `\`${name}\``,
    compareAndSwap,
    lists,
    note,
  ]);
