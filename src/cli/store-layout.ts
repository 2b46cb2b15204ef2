// How sessions may be kept in a database, and which of these layouts are there.
import { plainName } from '../catalogs/sql/column-names.js';
import { OptionInvalidError } from '../index.js';
import { defaultPrefix } from '../keyv-session-storage/index.js';
import { namesDatabase, type StoreKind } from '../store-url.js';
import { describePlace, nameOf } from './describe-place.js';
import type { FoundLayout, FoundTable } from './found-layout.js';
import { defaultTables, isTableName, layouts, type WantedLayout } from './layout-options.js';
import { optionNames } from './option-names.js';
import { printable } from './printable.js';

/** By which columns records of ours, and tables of sessions, are known. */
export const recordColumns: readonly string[] = ['key', 'value'];
export const sessionColumns: readonly string[] = ['id', 'shop', 'isOnline', 'accessToken'];

/**
 * The one layout that is there and wanted.
 *
 * @throws {OptionInvalidError} There is none, or there are several. The message lists what was found.
 */
export function chooseLayout(found: readonly FoundTable[], wanted: WantedLayout): FoundLayout {
  const { store, mayBeNew, address } = wanted;
  const inSchema = ({ home }: FoundTable) =>
    home === undefined || address.schema === undefined || home === address.schema;
  const tables = found.filter(inSchema);
  const all = tables.flatMap((table) => layoutOf(table, wanted));
  const fitting = all.filter((place) => isWanted(place, wanted));
  // What the app finds without naming a schema goes before what it does not.
  const inPath = fitting.filter(({ schema }) => schema === undefined);
  const [first, ...others] = inPath.length > 0 ? inPath : fitting;
  if (first !== undefined && others.length === 0) return first;
  if (first !== undefined) {
    const several = [first, ...others];
    const orSchema = first.schema === undefined ? '' : ', or with ?schema= in the URL';
    // The URL and an option together would be refused.
    const notByUrl =
      address.table === undefined
        ? ''
        : ` Give --${optionNames(store).table} in place of its name in the URL.`;
    throw new OptionInvalidError(
      `--${store} has sessions in several places: ${listOf(several, wanted)}. ` +
        `Say which with ${optionsFor(several, wanted)}${orSchema}.${notByUrl}`,
    );
  }
  const elsewhere = all.filter((place) => place.layout !== 'records' || store !== 'to');
  const lacking = lackingTable(tables, wanted);
  if (mayBeNew && lacking === undefined && isPlaceForRecords(elsewhere, wanted)) {
    return { layout: 'records', table: wanted.address.table ?? defaultTables.records };
  }
  throw new OptionInvalidError(whyNone(elsewhere, wanted, lacking));
}

/** Whether records of ours may be made, where none are. */
function isPlaceForRecords(
  elsewhere: readonly FoundLayout[],
  { address, layout, table }: WantedLayout,
): boolean {
  if (address.table !== undefined) return true;
  if (table !== undefined) return false;
  return layout === 'records' || (layout === undefined && elsewhere.length === 0);
}

function whyNone(
  all: readonly FoundLayout[],
  wanted: WantedLayout,
  lacking: string | undefined,
): string {
  const { store, layout, table, address } = wanted;
  const remedy = table === undefined ? `: say so with ${optionsFor(all, wanted)}` : '';
  const there = all.length === 0 ? '' : ` There is ${listOf(all, wanted)}${remedy}.`;
  if (store === 'to') {
    const orRecords = 'Or have records of openSessionStorage made: --to-layout records.';
    if (lacking !== undefined)
      return `--to: ${lacking}. ${table === undefined ? orRecords : ''}`.trim();
    if (layout === undefined && table === undefined)
      return `--to has no sessions under a name that is known.${there} ${orRecords}`;
    const [what, how] =
      address.kind === 'redis'
        ? ['key', '']
        : ['table', ", or make it as the storage's README says"];
    return `--to has no ${what} of sessions as --to-layout and --to-table name it.${there} Start the app once with its new storage, which makes the ${what}${how}.`;
  }
  const unnamed =
    address.kind === 'postgres' && !namesDatabase(address.url)
      ? ' The URL names no database: write its name after the host.'
      : '';
  const schema = address.schema === undefined ? '' : `, in schema ${printable(address.schema)}`;
  return (
    `--${store} has no sessions as far as can be seen in ${address.shown}${schema}: ${lacking ?? whatIsMissing(wanted)}.${there}${unnamed} ` +
    `Make sure that this is the database${withinDatabase[address.kind] ?? ''} that the app uses.`
  );
}

/** What else says where in a database sessions are. */
const withinDatabase: { readonly [Kind in StoreKind]?: string } = {
  postgres: ', and the schema,',
  redis: ', and the prefix,',
};

/** What was looked for. */
function whatIsMissing({ address, table }: WantedLayout): string {
  const { records, official, prisma, drizzle } = defaultTables;
  if (address.kind === 'redis') {
    return (
      `no key that starts with ${table ?? official}_ (the official storage) or ` +
      `${table ?? defaultPrefix}:id: (records of openSessionStorage)`
    );
  }
  if (table !== undefined) return `no table ${table} with sessions`;
  return `no table of ours (${records}), of an official storage (${official}), of Prisma (${prisma}) or of Drizzle (${drizzle})`;
}

/** A table that is there by its name, and not known for one of sessions by its columns. */
function lackingTable(found: readonly FoundTable[], wanted: WantedLayout): string | undefined {
  if (wanted.layout === 'records') return undefined;
  const { official, prisma, drizzle } = defaultTables;
  const names = wanted.table === undefined ? [official, prisma, drizzle] : [wanted.table];
  const table = found
    .filter(({ name, home }) => names.some((one) => isCalled(one, name, home)))
    // Others, such as express-session, have a table called session as well.
    .find((one) => wanted.table !== undefined || plainColumns(one).includes('shop'));
  if (table === undefined || layoutOf(table, wanted).length > 0) return undefined;
  const missing = sessionColumns.filter(
    (column) => !plainColumns(table).includes(plainName(column)),
  );
  return (
    `table ${table.name} has no column ${missing.join(', ')}. Where its columns have other names, ` +
    `name a catalog: --${optionNames(wanted.store).catalog}`
  );
}

const plainColumns = ({ columns }: FoundTable) => columns.map(plainName);

/** A table of sessions by its columns. Under a name of the app's own it may be of any of their storages. */
export function layoutOf(
  found: FoundTable,
  wanted: Pick<Partial<WantedLayout>, 'layout' | 'table'>,
): FoundLayout[] {
  const { name, schema, home } = found;
  const columns = plainColumns(found);
  const place = { table: name, home, ...(schema === undefined ? {} : { schema }) };
  // Under our name, or where it is said, it may have a column that the app has added.
  const isOurs = name === defaultTables.records || isCalled(wanted.table ?? '', name, home);
  const isOfSessions = sessionColumns.every((column) => columns.includes(plainName(column)));
  const mayHaveMore = isOurs && (!isOfSessions || wanted.layout === 'records');
  if (
    (columns.length === recordColumns.length || mayHaveMore) &&
    recordColumns.every((one) => columns.includes(one))
  ) {
    return [{ layout: 'records', ...place }];
  }
  if (!isOfSessions) return [];
  const known = layouts.find((one) => defaultTables[one] === name);
  const named = wanted.layout === 'records' ? undefined : wanted.layout;
  return [{ layout: known ?? named ?? 'official', ...place }];
}

function isWanted({ layout, table, home }: FoundLayout, wanted: WantedLayout): boolean {
  if (wanted.layout !== undefined && layout !== wanted.layout) return false;
  return isCalled(wanted.table ?? defaultTables[layout], table, home);
}

/** Whether a name, with or without its schema, is that of a table. */
export const isCalled = (name: string, table: string, home: string | undefined) =>
  name === table || (home !== undefined && name === `${home}.${table}`);

/** Places for people, each with its layout where that is enough to choose it. */
function listOf(found: readonly FoundLayout[], wanted: WantedLayout): string {
  const option = `--${optionNames(wanted.store).layout}`;
  return withNames(found)
    .map((place) => {
      const isRedis = wanted.address.kind === 'redis';
      const name = isRedis ? describePlace(place, 'redis') : nameOf(place);
      return isToldByLayout(place, found, wanted) ? `${name} (${option} ${place.layout})` : name;
    })
    .join(', ');
}

/** The options that choose among places. */
function optionsFor(found: readonly FoundLayout[], wanted: WantedLayout): string {
  const { layout, table } = optionNames(wanted.store);
  const places = withNames(found);
  const byLayout = places.filter((place) => isToldByLayout(place, found, wanted));
  const isNamed = byLayout.length < places.length || places.length === 0;
  const options = [...(byLayout.length > 0 ? [layout] : []), ...(isNamed ? [table] : [])];
  return options.map((option) => `--${option}`).join(' or ');
}

/** Whether `--layout` alone chooses a place: it has the name that is looked for, and no other has. */
function isToldByLayout(
  place: FoundLayout,
  found: readonly FoundLayout[],
  wanted: WantedLayout,
): boolean {
  const ofLayout = found.filter((one) => isWanted(one, { ...wanted, layout: place.layout }));
  return ofLayout.length === 1 && ofLayout[0] === place;
}

/** Those whose names an option takes. */
const withNames = (found: readonly FoundLayout[]) =>
  found.filter(({ table, schema = '' }) => isTableName(table) && isTableName(schema));
