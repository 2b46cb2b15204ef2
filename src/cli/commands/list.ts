// list: the sessions of a store, by key, shop or state. Never a token.
import {
  assertStoreNamed,
  describeOthers,
  describeStore,
  openCatalog,
  storeOptions,
} from '../catalog-option.js';
import type { Arguments, Command } from '../command.js';
import { type ExitCode, exitCodes } from '../exit-codes.js';
import { keyringOf, keyringOption } from '../keyring-option.js';
import { csvOption, listWriter } from '../list-writer.js';
import { formatCount } from '../printable.js';
import { takeSelected } from '../selected-sessions.js';
import { selectionOf, selectionOptions } from '../session-selection.js';
import type { Terminal } from '../terminal.js';

export const list: Command = {
  name: 'list',
  summary: 'lists sessions by key, shop, plaintext or unreadable; never a token',
  usage: '(--store URL | --catalog MODULE) [options]',
  description: [
    'Lists the sessions that every given option selects, or all: id, shop, keys and state. Writes',
    'nothing. Exits with 1 if the store has no session, holds records that are not sessions, or may hide',
    'sessions (row level security); with 2 if there is not even a table of sessions.',
  ],
  options: {
    ...storeOptions(),
    ...keyringOption,
    ...selectionOptions,
    'allow-empty': { help: ['Exits with 0 although the store has no session.'] },
    ...csvOption,
    json: { help: ['Writes a JSON array.'] },
  },
  examples: [
    'list --store env:REDIS_URL --kid 2026-05',
    'list --store env:REDIS_URL --unreadable --csv',
    'list --catalog ./session-catalog.mjs --shop a.myshopify.com --json',
  ],
  positionals: 0,
  run,
};

async function run(given: Arguments, terminal: Terminal): Promise<ExitCode> {
  assertStoreNamed(given);
  const keyring = await keyringOf(given);
  const selection = selectionOf(given, keyring);
  const writer = listWriter(given, terminal);
  const named = await openCatalog(given);
  const { catalog } = named;
  terminal.say(`Store: ${describeStore(named)}`, ...describeOthers(named.others));
  const { scanned, written, damage, hidden, failure, interrupted } = await takeSelected({
    catalog,
    selection,
    writer,
    terminal,
    label: 'Listing',
    take: async () => true,
  });
  terminal.say(`${formatCount(written)} of ${formatCount(scanned)} sessions.`);
  terminal.say(...hidden.map((message) => `Warning: ${message}`));
  if (failure !== undefined) throw failure;
  if (written === 0) terminal.say(...selection.whyNone);
  if (damage !== undefined) terminal.say(damage.message);
  if (interrupted !== undefined) return interrupted;
  if (scanned === 0) terminal.say('Make sure that this is the store that the app uses.');
  const isEmpty = scanned === 0 && !given.flag('allow-empty');
  return isEmpty || damage !== undefined || hidden.length > 0 ? exitCodes.finding : exitCodes.done;
}
