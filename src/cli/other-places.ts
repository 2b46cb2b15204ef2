// Which places of a database hold sessions beside those that a command works on: they may need a key that
// these do not.

import { mayPass, remedyOf } from '../store-remedy.js';
import type { Database } from './databases/database.js';
import type { FoundLayout, FoundTable } from './found-layout.js';
import { LateError, within } from './in-time.js';
import { defaultTables } from './layout-options.js';
import { isCalled, layoutOf } from './store-layout.js';

/** What a command works on. */
export interface ChosenPlace {
  readonly place: FoundLayout;
  /** What its keys start with, where it is a table of records. */
  readonly prefix: string;
}

/** How many other places are named at most. */
const othersAtMost = 20;

/** @param deadline How long the look may take in all. */
export async function otherPlaces(
  database: Database,
  tables: readonly FoundTable[],
  chosen: ChosenPlace,
  deadline: number,
): Promise<FoundLayout[]> {
  const more = (await within(deadline, Promise.resolve(database.moreTables?.()))) ?? [];
  const end = performance.now() + deadline;
  const places = placesToLookAt([...tables, ...more], chosen.place);
  const found = new Map<FoundLayout, FoundLayout[]>();
  const cheapFirst = [...places].sort((one, other) => costOf(one, chosen) - costOf(other, chosen));
  for (const place of cheapFirst) {
    // Not all of it: one that is locked leaves time for others.
    const time = Math.max(1, (end - performance.now()) / 2);
    found.set(place, await sessionsIn(database, place, chosen, time));
    if ([...found.values()].flat().length >= othersAtMost) break;
  }
  return places.flatMap((place) => found.get(place) ?? []);
}

/** Where sessions are in a table, or may be. */
async function sessionsIn(
  database: Database,
  place: FoundLayout,
  chosen: ChosenPlace,
  time: number,
): Promise<FoundLayout[]> {
  try {
    return await within(time, placesIn(database, place, chosen));
  } catch (error) {
    const unread = whyUnread(error);
    // A table with a key and a value that this user must not read is most likely of somebody else.
    const mayHold = place.layout !== 'records' || place.table === defaultTables.records;
    if (unread === 'refused' && !mayHold) return [];
    return [{ ...place, ...(isSame(place, chosen.place) ? { prefix: '…' } : {}), unread }];
  }
}

function whyUnread(error: unknown): NonNullable<FoundLayout['unread']> {
  if (error instanceof LateError) return 'late';
  return remedyOf(error) !== undefined && mayPass(error) ? 'failed' : 'refused';
}

/** All places that may hold sessions, the chosen one only where it may hold others as well. */
function placesToLookAt(found: readonly FoundTable[], chosen: FoundLayout): FoundLayout[] {
  const isOwn = (table: FoundTable) => placesOf(table).some((place) => isSame(place, chosen));
  const places = found
    .filter((table) => isOwn(table) || !isSeenElsewhere(table, found))
    .flatMap(placesOf)
    .filter((place) => place.layout === 'records' || !isSame(place, chosen));
  return [...new Map(places.map((place) => [keyOf(place), place])).values()];
}

/** Whether a table of sessions has one is known at once; one with a key and a value is read to its end. */
function costOf(place: FoundLayout, chosen: ChosenPlace): number {
  if (place.layout !== 'records') return 0;
  return isSame(place, chosen.place) ? 1 : 2;
}

/** What a table is by its columns, whatever its name. */
const placesOf = (table: FoundTable) => layoutOf(table, { table: table.name });

const keyOf = ({ layout, table, home }: FoundLayout) =>
  JSON.stringify([layout === 'records', table, home]);
const isSame = (one: FoundLayout, other: FoundLayout) => keyOf(one) === keyOf(other);

/** Whether all that is in a table, a view or a partition is seen in another as well. */
function isSeenElsewhere(table: FoundTable, found: readonly FoundTable[]): boolean {
  const { reads = [] } = table;
  const isRecords = placesOf(table).some(({ layout }) => layout === 'records');
  return reads.some((name) =>
    found
      .filter((one) => one !== table && isCalled(name, one.name, one.home))
      .some((one) => placesOf(one).some(({ layout }) => (layout === 'records') === isRecords)),
  );
}

/** Where sessions are in a table, or under a prefix in Redis. */
async function placesIn(
  database: Database,
  place: FoundLayout,
  chosen: ChosenPlace,
): Promise<FoundLayout[]> {
  if (place.layout !== 'records' || database.recordPrefixes === undefined) {
    return !isSame(place, chosen.place) && (await database.holdsSessions(place)) ? [place] : [];
  }
  const except = isSame(place, chosen.place) ? chosen.prefix : undefined;
  const prefixes = await database.recordPrefixes(place, except);
  return prefixes.map((prefix) =>
    prefix === undefined || prefix === chosen.prefix ? place : { ...place, prefix },
  );
}
