// Says for people where in a database sessions are, so that they can name it to a command.
import { resolveOpenOptions } from '../open/open-options.js';
import type { StoreKind } from '../store-url.js';
import type { FoundLayout } from './found-layout.js';
import { defaultTables, isTableName } from './layout-options.js';
import { printable } from './printable.js';

export const nameOf = ({ schema, table }: FoundLayout) =>
  schema === undefined ? table : `${schema}.${table}`;

/** A place for people. */
export function describePlace(place: FoundLayout, kind: StoreKind): string {
  const { layout, table, prefix, unread } = place;
  const note = unread === undefined ? whyNoUrl(place, kind) : notes[unread];
  if (kind === 'redis' && layout !== 'records') return printable(`keys ${table}_*`) + note;
  if (kind === 'redis') {
    return table === defaultTables.records ? 'records' : printable(`records ${table}:id:*`) + note;
  }
  const name = printable(nameOf(place));
  if (layout !== 'records') return `table ${name}${note}`;
  const which = prefix === undefined ? '' : ` with ?prefix=${printable(prefix)}`;
  return `records${which} in table ${name}${note}`;
}

const notes = {
  failed: ' (could not be read this time)',
  late: ' (not read in time: see ?deadline=)',
  refused: ' (cannot be read)',
};

/** What to do where no URL and no option name a place, such as records of a Keyv whose namespace has a space. */
function whyNoUrl(place: FoundLayout, kind: StoreKind): string {
  const { layout, table, schema = '' } = place;
  const isNamed = isTableName(table) && isTableName(schema);
  return isNamed && (layout !== 'records' || canBeOpened(place, kind))
    ? ''
    : ' (name a catalog: --catalog)';
}

function canBeOpened({ table, schema, prefix }: FoundLayout, kind: StoreKind): boolean {
  const ofKeys = table === defaultTables.records ? undefined : table;
  const options = kind === 'redis' ? { prefix: ofKeys } : { table, schema, prefix };
  try {
    resolveOpenOptions(options, {}, kind);
    return true;
  } catch {
    return false;
  }
}
