// How sessions may be kept in a database, and which of these layouts are there.
import { OptionInvalidError } from '../index.js';
import type { Arguments, CommandOption } from './command.js';

/** A table or a kind of keys, as it was found. */
export interface FoundTable {
  readonly name: string;
  readonly columns: readonly string[];
}

export type LayoutName = 'records' | 'official' | 'prisma' | 'drizzle';

/** Where sessions are. */
export interface FoundLayout {
  readonly layout: LayoutName;
  readonly table: string;
}

/** The table that each layout has unless it is renamed. */
const tables: Readonly<Record<LayoutName, string>> = {
  records: 'shopify_session_records',
  official: 'shopify_sessions',
  prisma: 'Session',
  drizzle: 'session',
};
const layouts = Object.keys(tables) as LayoutName[];

export const layoutOptions: Readonly<Record<string, CommandOption>> = {
  layout: {
    value: 'LAYOUT',
    help: [
      'How --store keeps sessions, where several are there: records (of openSessionStorage), or the',
      'table of the official, prisma or drizzle storage.',
    ],
  },
  table: { value: 'NAME', help: ['The table in --store, where it was renamed.'] },
};

export interface WantedLayout {
  readonly layout: LayoutName | undefined;
  readonly table: string | undefined;
  /** Whether a store without sessions is taken for one that is new: our records will be there. */
  readonly allowEmpty: boolean;
}

/** @throws {OptionInvalidError} --layout is not one of the four, or --table is not the name of a table. */
export function wantedLayout(given: Arguments): WantedLayout {
  const [text, table] = [given.value('layout'), given.value('table')];
  const layout = layouts.find((name) => name === text);
  if (text !== undefined && layout === undefined) {
    throw new OptionInvalidError(`--layout must be ${layouts.join(', or ')}.`);
  }
  if (table !== undefined && !isTableName(table)) {
    throw new OptionInvalidError('--table must be the name of a table: letters, digits and _.');
  }
  return { layout, table, allowEmpty: given.flag('allow-empty') };
}

function isTableName(text: string): boolean {
  return /^[A-Za-z_]\w{0,62}$/.test(text);
}

/**
 * The one layout that is there and wanted.
 *
 * @throws {OptionInvalidError} There is none, or there are several. The message lists what was found.
 */
export function chooseLayout(
  option: string,
  found: readonly FoundTable[],
  wanted: WantedLayout,
): FoundLayout {
  const all = found.flatMap(layoutOf);
  const fitting = all.filter(
    ({ layout, table }) =>
      (wanted.layout === undefined || layout === wanted.layout) &&
      (wanted.table === undefined ? isDefault({ layout, table }) : table === wanted.table),
  );
  const [first, ...others] = fitting;
  if (first !== undefined && others.length === 0) return first;
  if (first !== undefined) {
    throw new OptionInvalidError(
      `--${option} has sessions in several places: ${listOf(fitting)}. Say which with --layout or --table.`,
    );
  }
  if (all.length === 0 && wanted.allowEmpty) return { layout: 'records', table: tables.records };
  const renamed = all.length === 0 ? '' : ` There is ${listOf(all)}: say so with --table.`;
  throw new OptionInvalidError(
    `--${option} has no sessions as far as can be seen: no table of ours (${tables.records}), of an official storage ` +
      `(${tables.official}), of Prisma (${tables.prisma}) or of Drizzle (${tables.drizzle})${
        wanted.table === undefined ? '' : ' by the name of --table'
      }.${renamed} Make sure that this is the database, and the schema, that the app uses.`,
  );
}

/** A table of sessions by its columns; it may be of several layouts under a name of the app's own. */
function layoutOf({ name, columns }: FoundTable): FoundLayout[] {
  const plain = columns.map((column) => column.toLowerCase().replaceAll('_', ''));
  if (plain.length === 2 && plain.includes('key') && plain.includes('value')) {
    return [{ layout: 'records', table: name }];
  }
  const isSessions = ['id', 'shop', 'isonline', 'accesstoken'].every((column) =>
    plain.includes(column),
  );
  if (!isSessions) return [];
  const layout = layouts.find((known) => tables[known] === name);
  return [{ layout: layout ?? 'official', table: name }];
}

function isDefault({ layout, table }: FoundLayout): boolean {
  return tables[layout] === table;
}

function listOf(found: readonly FoundLayout[]): string {
  const shown = found.filter(({ table }) => isTableName(table));
  return shown.map(({ layout, table }) => `${table} (--layout ${layout})`).join(', ');
}
