// The options that say how and where a store keeps sessions, where that cannot be found.

import { OptionInvalidError } from '../index.js';
import { defaultTable } from '../open/open-options.js';
import type { Arguments, CommandOption } from './command.js';
import { optionNames } from './option-names.js';
import { printable } from './printable.js';
import type { StoreAddress } from './store-address.js';

export type LayoutName = 'records' | 'official' | 'prisma' | 'drizzle';

/** The table that each layout has unless it is renamed. */
export const defaultTables: Readonly<Record<LayoutName, string>> = {
  records: defaultTable,
  official: 'shopify_sessions',
  prisma: 'Session',
  drizzle: 'session',
};
export const layouts = Object.keys(defaultTables) as LayoutName[];

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
  readonly address: StoreAddress;
  readonly layout: LayoutName | undefined;
  /** With or without its schema. In Redis, the prefix. */
  readonly table: string | undefined;
  /** Whether a store without sessions is taken for one that is new: our records will be there. */
  readonly mayBeNew: boolean;
}

/** @throws {OptionInvalidError} --layout is not one of the four, or --table is not the name of a table. */
export function wantedLayout(given: Arguments, store: string, address: StoreAddress): WantedLayout {
  const names = optionNames(store);
  const text = given.value(names.layout);
  const table = given.value(names.table) ?? address.table;
  const layout = layouts.find((name) => name === text);
  if (text !== undefined && layout === undefined) {
    throw new OptionInvalidError(`--${names.layout} must be ${layouts.join(', or ')}.`);
  }
  if (table !== undefined && !isTableName(table)) {
    const where = address.table === undefined ? `--${names.table}` : `--${store}: ?table=`;
    throw new OptionInvalidError(`${where} must be the name of a table.`);
  }
  const mayBeNew = store === 'to' || given.flag('allow-empty');
  return { store, address, layout, table, mayBeNew };
}

/**
 * With or without its schema, as every database allows them. A URL in the wrong place is too long for one, or
 * has a password.
 */
export function isTableName(text: string): boolean {
  const areShort = text.split('.').every((part) => part.length <= 64);
  return areShort && !text.includes('://') && text === printable(text);
}
