// delete: removes sessions by key, shop or state, if they are still as they were seen.
import {
  type Keyring,
  OptionInvalidError,
  SessionEncryptionError,
  type SessionLike,
  StoreUnavailableError,
} from '../../index.js';
import { assertAtomic, isAboutOneSession } from '../../reencryption/internal.js';
import type { Catalog } from '../catalog.js';
import {
  allowNonAtomicOption,
  assertStoreNamed,
  describeOthers,
  describeStore,
  type NamedCatalog,
  openCatalog,
  storeOptions,
} from '../catalog-option.js';
import type { Arguments, Command } from '../command.js';
import { EqualMessages } from '../equal-messages.js';
import { type ExitCode, exitCodes } from '../exit-codes.js';
import { keyringOf, keyringOption } from '../keyring-option.js';
import { csvOption, listWriter } from '../list-writer.js';
import { formatCount } from '../printable.js';
import { takeSelected } from '../selected-sessions.js';
import { type Selection, selectionOf, selectionOptions } from '../session-selection.js';
import type { Terminal } from '../terminal.js';

/** How often a session that the app changes again and again is looked at. */
const attemptsAtMost = 5;

export const deleteCommand: Command = {
  name: 'delete',
  summary: 'removes sessions by key, shop, plaintext or unreadable; a dry run unless --yes',
  usage: '(--store URL | --catalog MODULE) (--session-id ID | --shop SHOP | …) [--yes]',
  description: [
    'Lists the sessions that every given option selects, and with --yes removes them, with their',
    'places in indexes. One that the app has changed since is looked at again, and stays unless it is',
    'still selected. The app then obtains new tokens for those shops, as after an uninstall.',
  ],
  options: {
    ...storeOptions(),
    ...keyringOption,
    ...selectionOptions,
    'dry-run': { help: ['Removes nothing, as without --yes.'] },
    yes: { help: ['Removes them. Without it, they are listed only.'] },
    ...allowNonAtomicOption,
    ...csvOption,
    json: { help: ['Writes a JSON array.'] },
  },
  examples: [
    'delete --store env:REDIS_URL --unreadable',
    'delete --store env:REDIS_URL --unreadable --yes',
    'delete --store env:DATABASE_URL --shop a.myshopify.com --yes',
  ],
  positionals: 0,
  run,
};

async function run(given: Arguments, terminal: Terminal): Promise<ExitCode> {
  assertStoreNamed(given);
  const keyring = await keyringOf(given);
  const selection = selectionOf(given, keyring);
  if (selection.isAll) {
    throw new OptionInvalidError(
      'Say which: --session-id, --kid, --shop, --plaintext or --unreadable.',
    );
  }
  const writer = listWriter(given, terminal);
  const isReal = given.flag('yes') && !given.flag('dry-run');
  const named = await openCatalog(given);
  const { catalog } = named;
  assertRemoves(catalog);
  assertAtomic(catalog, {
    dryRun: !isReal,
    allowNonAtomic: given.flag('allow-non-atomic'),
  });
  announce(terminal, named, isReal, keyring);
  let [kept, refused] = [0, 0];
  const refusals = new EqualMessages();
  let doubtful: string | undefined;
  const {
    scanned,
    written: removed,
    damage,
    hidden,
    failure,
    interrupted,
  } = await takeSelected({
    catalog,
    selection,
    writer,
    terminal,
    label: isReal ? 'Removing' : 'Looking',
    async take(session) {
      if (!isReal) return true;
      const outcome = await removeIfSelected(session, selection, catalog).catch((error) => {
        if (mayHaveRemoved(error)) doubtful = session.id;
        return refusal(error);
      });
      if (outcome === 'changes') kept++;
      if (outcome instanceof SessionEncryptionError) {
        refused++;
        refusals.add(outcome);
      }
      return outcome === 'removed';
    },
  });
  terminal.say(...refusals.lines);
  if (refusals.others > 0) {
    terminal.say(`${formatCount(refusals.others)} more could not be removed.`);
  }
  const changes = [
    ...(given.flag('dry-run') ? ['leave out --dry-run'] : []),
    ...(given.flag('yes') ? [] : ['add --yes']),
  ];
  const how = removed === 0 ? '' : `; ${changes.join(' and ')} to do that`;
  const done = isReal ? 'removed' : `would be removed${how}`;
  terminal.say(`${formatCount(removed)} of ${formatCount(scanned)} sessions ${done}.`);
  terminal.say(...hidden.map((message) => `Warning: ${message}`));
  if (doubtful !== undefined) {
    terminal.say(
      `Session ${doubtful} may have been removed as well: the store failed before it said so.`,
    );
  }
  if (failure !== undefined) throw failure;
  if (removed + kept + refused === 0) terminal.say(...selection.whyNone);
  else if (!isReal && given.flag('unreadable')) {
    terminal.say(
      'They cannot be read with the key ring above. If a key is only missing here, add it: what is removed cannot be had back.',
    );
  }
  if (kept > 0) {
    terminal.say(`${formatCount(kept)} were changed at every attempt, and stay: run it again.`);
  }
  if (damage !== undefined) terminal.say(damage.message);
  if (interrupted !== undefined) return interrupted;
  const isAll = kept + refused + hidden.length === 0 && damage === undefined;
  return isAll ? exitCodes.done : exitCodes.finding;
}

/** Whether a removal may have been carried out, as far as its error says; that of a driver's own does not. */
function mayHaveRemoved(error: unknown): boolean {
  if (error instanceof StoreUnavailableError) return error.mayHaveTakenEffect;
  return !(error instanceof SessionEncryptionError);
}

/** An error about one session, which leaves the others to be removed. */
function refusal(error: unknown): SessionEncryptionError {
  if (isAboutOneSession(error)) return error;
  throw error;
}

type RemovingCatalog = Catalog & Required<Pick<Catalog, 'removeSession'>>;

/** @throws {OptionInvalidError} The store cannot remove a session only if it is as it was seen. */
function assertRemoves(catalog: Catalog): asserts catalog is RemovingCatalog {
  if (catalog.removeSession !== undefined) return;
  throw new OptionInvalidError(
    'This session catalog has no removeSession, so that nothing can be removed through it.',
  );
}

async function removeIfSelected(
  seen: SessionLike,
  selection: Selection,
  catalog: RemovingCatalog,
): Promise<'removed' | 'gone' | 'changes'> {
  let session: SessionLike | undefined = seen;
  for (let attempt = 0; attempt < attemptsAtMost; attempt++) {
    if (await catalog.removeSession(session)) return 'removed';
    session = await catalog.loadSession?.(seen.id);
    // Gone, or no longer selected: the app has stored it again.
    if (session === undefined) return catalog.loadSession === undefined ? 'changes' : 'gone';
    if ((await selection.select(session)) === undefined) return 'gone';
  }
  return 'changes';
}

function announce(
  terminal: Terminal,
  store: NamedCatalog,
  isReal: boolean,
  keyring: Keyring,
): void {
  const keys = keyring.kids.map((kid) => `${kid} (${keyring.fingerprint(kid)})`);
  terminal.say(
    `Store: ${describeStore(store)}`,
    ...describeOthers(store.others),
    `Key ring: ${keys.join(', ')}`,
    ...(isReal ? [] : ['This is a dry run: nothing is written.']),
  );
}
