// How sessions may be kept in a database, and which of these layouts are there.
import { OptionInvalidError } from '../index.js';
import type { Arguments, CommandOption } from './command.js';
import { printable } from './printable.js';

/** A table or a kind of keys, as it was found. */
export interface FoundTable {
  readonly name: string;
  /** In PostgreSQL, where the table is not found by its name alone. */
  readonly schema?: string;
  readonly columns: readonly string[];
}

export type LayoutName = 'records' | 'official' | 'prisma' | 'drizzle';

/** Where sessions are. */
export interface FoundLayout {
  readonly layout: LayoutName;
  readonly table: string;
  readonly schema?: string;
}

/** The table that each layout has unless it is renamed. */
export const defaultTables: Readonly<Record<LayoutName, string>> = {
  records: 'shopify_session_records',
  official: 'shopify_sessions',
  prisma: 'Session',
  drizzle: 'session',
};
const layouts = Object.keys(defaultTables) as LayoutName[];

/** By which columns records of ours, and tables of sessions, are known. */
export const recordColumns: readonly string[] = ['key', 'value'];
export const sessionColumns: readonly string[] = ['id', 'shop', 'isOnline', 'accessToken'];

/** What the options for a store are called: those of `--store` have no prefix. */
function optionNames(store: string): { readonly layout: string; readonly table: string } {
  const prefix = store === 'store' ? '' : `${store}-`;
  return { layout: `${prefix}layout`, table: `${prefix}table` };
}

export function layoutOptions(store: string): Readonly<Record<string, CommandOption>> {
  const names = optionNames(store);
  return {
    [names.layout]: {
      value: 'LAYOUT',
      help: [
        `How --${store} keeps sessions, where several are there: records (of openSessionStorage), or the`,
        'table of the official, prisma or drizzle storage.',
      ],
    },
    [names.table]: {
      value: 'NAME',
      help: [
        `The table in --${store}, or what its keys start with in Redis, where the app has renamed it.`,
      ],
    },
  };
}

export interface WantedLayout {
  /** The option that names the store. */
  readonly store: string;
  readonly layout: LayoutName | undefined;
  readonly table: string | undefined;
  /** Whether a store without sessions is taken for one that is new: our records will be there. */
  readonly mayBeNew: boolean;
}

/** @throws {OptionInvalidError} --layout is not one of the four, or --table is not the name of a table. */
export function wantedLayout(given: Arguments, store: string): WantedLayout {
  const names = optionNames(store);
  const [text, table] = [given.value(names.layout), given.value(names.table)];
  const layout = layouts.find((name) => name === text);
  if (text !== undefined && layout === undefined) {
    throw new OptionInvalidError(`--${names.layout} must be ${layouts.join(', or ')}.`);
  }
  if (table !== undefined && !isTableName(table)) {
    throw new OptionInvalidError(`--${names.table} must be the name of a table.`);
  }
  return { store, layout, table, mayBeNew: store === 'to' || given.flag('allow-empty') };
}

/** As every database allows them. A URL in the wrong place is too long for one, or has a password. */
function isTableName(text: string): boolean {
  return text.length <= 64 && !text.includes('://') && text === printable(text);
}

/**
 * The one layout that is there and wanted.
 *
 * @throws {OptionInvalidError} There is none, or there are several. The message lists what was found.
 */
export function chooseLayout(found: readonly FoundTable[], wanted: WantedLayout): FoundLayout {
  const { store, layout, mayBeNew } = wanted;
  const names = optionNames(store);
  const all = found.flatMap((table) => layoutOf(table, wanted));
  const fitting = all.filter((place) => isWanted(place, wanted));
  // What the app finds without naming a schema goes before what it does not.
  const inPath = fitting.filter(({ schema }) => schema === undefined);
  const [first, ...others] = inPath.length > 0 ? inPath : fitting;
  if (first !== undefined && others.length === 0) return first;
  if (first !== undefined) {
    throw new OptionInvalidError(
      `--${store} has sessions in several places: ${listOf([first, ...others])}. ` +
        `Say which with --${names.layout} or --${names.table}${
          first.schema === undefined ? '' : ', or with ?schema= in the URL'
        }.`,
    );
  }
  const elsewhere = all.filter((place) => place.layout !== 'records' || store !== 'to');
  const isForRecords = layout === undefined || layout === 'records';
  if (mayBeNew && isForRecords && wanted.table === undefined) {
    if (layout === 'records' || elsewhere.length === 0) return newRecords;
  }
  throw new OptionInvalidError(whyNone(elsewhere, wanted));
}

const newRecords: FoundLayout = { layout: 'records', table: defaultTables.records };

function whyNone(all: readonly FoundLayout[], { store, layout, table }: WantedLayout): string {
  const names = optionNames(store);
  const there =
    all.length === 0
      ? ''
      : ` There is ${listOf(all)}: say so with --${layout === undefined ? names.table : `${names.layout} or --${names.table}`}.`;
  if (store === 'to') {
    const missing =
      layout === undefined && table === undefined
        ? `--to has no sessions under a name that is known.${there} Or have records of openSessionStorage made: --to-layout records.`
        : `--to has no table of sessions as --to-layout and --to-table name it.${there} Start the app once with its new storage, which makes the table, or make it as the storage's README says.`;
    return missing;
  }
  return (
    `--${store} has no sessions as far as can be seen: no table of ours (${defaultTables.records}), of an official storage ` +
    `(${defaultTables.official}), of Prisma (${defaultTables.prisma}) or of Drizzle (${defaultTables.drizzle})${
      table === undefined ? '' : ` by the name of --${names.table}`
    }.${there} Make sure that this is the database, and the schema, that the app uses.`
  );
}

/** A table of sessions by its columns. Under a name of the app's own it may be of any of their storages. */
function layoutOf({ name, schema, columns }: FoundTable, wanted: WantedLayout): FoundLayout[] {
  const plain = columns.map((column) => column.toLowerCase().replaceAll('_', ''));
  const place = schema === undefined ? { table: name } : { table: name, schema };
  if (plain.length === recordColumns.length && recordColumns.every((one) => plain.includes(one))) {
    return [{ layout: 'records', ...place }];
  }
  if (!sessionColumns.every((column) => plain.includes(column.toLowerCase()))) return [];
  const known = layouts.find((one) => defaultTables[one] === name);
  const named = wanted.layout === 'records' ? undefined : wanted.layout;
  return [{ layout: known ?? named ?? 'official', ...place }];
}

function isWanted({ layout, table }: FoundLayout, wanted: WantedLayout): boolean {
  if (wanted.layout !== undefined && layout !== wanted.layout) return false;
  return table === (wanted.table ?? defaultTables[layout]);
}

/** A place for people. */
export function describePlace({ layout, table, schema }: FoundLayout, isRedis: boolean): string {
  if (isRedis) return layout === 'records' ? 'records' : printable(`keys ${table}_*`);
  const name = printable(schema === undefined ? table : `${schema}.${table}`);
  return layout === 'records' ? `records in table ${name}` : `table ${name}`;
}

function listOf(found: readonly FoundLayout[]): string {
  const shown = found.filter(({ table, schema = '' }) => isTableName(table) && isTableName(schema));
  return shown
    .map(({ layout, table, schema }) => {
      const name = schema === undefined ? table : `${schema}.${table}`;
      const isDefault = table === defaultTables[layout];
      return isDefault || layout === 'records' ? `${name} (--layout ${layout})` : name;
    })
    .join(', ');
}
