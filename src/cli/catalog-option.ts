// Opens the store that the arguments name: by URL, or by a module that exports a catalog.
import { existsSync } from 'node:fs';
import { hasMethods } from '../foreign-object.js';
import { OptionInvalidError, type SessionLike } from '../index.js';
import { openSessionStorage } from '../open/index.js';
import type { Catalog } from './catalog.js';
import type { Arguments, CommandOption } from './command.js';
import { describePlace } from './describe-place.js';
import { findSessions } from './find-store.js';
import { defaultTables, layoutOptions, wantedLayout } from './layout-options.js';
import { loadExport } from './module-option.js';
import { readStoreAddress } from './store-address.js';
import { identitiesOf, pathOf } from './store-identity.js';
import { chooseLayout } from './store-layout.js';
import { describeWrongCatalog } from './wrong-catalog.js';

export interface NamedCatalog {
  /** For people: without the user, the password and the options of a URL. */
  readonly name: string;
  /** For people: where in the store sessions were found; undefined where they were not looked for. */
  readonly place: string | undefined;
  /** For people: other places in the store that hold sessions, as far as they were looked for. */
  readonly others: readonly string[];
  /** Two that share one are the same store. Not for people. */
  readonly identities: readonly string[];
  readonly catalog: Catalog;
}

/** What sessions are read as: whatever the app's class is, all that is stored is kept. */
class SessionAsStored implements SessionLike {
  declare readonly id: string;
  declare shop: string;
  declare isOnline: boolean;
}

/** Which store it is, and where in it sessions are. */
export function describeStore({ name, place }: NamedCatalog): string {
  return place === undefined ? name : `${name}, ${place}`;
}

/** What is to be done about the sessions that are elsewhere in the store. */
export function describeOthers(others: readonly string[]): string[] {
  if (others.length === 0) return [];
  const subject = others.length === 1 ? 'Another place holds' : 'Other places hold';
  return [`${subject} sessions as well: ${others.join(', ')}. Run it there too.`];
}

export const allowNonAtomicOption: Readonly<Record<string, CommandOption>> = {
  'allow-non-atomic': {
    help: [
      'Writes to a store that cannot compare and swap across processes. Stop everything else',
      'that writes to it first.',
    ],
  },
};

const opened: Catalog[] = [];

/** Closes what was opened. What goes wrong in that is of no interest any more. */
export async function closeCatalogs(): Promise<void> {
  const closing = opened.splice(0).map(async (catalog) => catalog.disconnect?.());
  const late = new Promise((done) => setTimeout(done, 2_000));
  await Promise.race([Promise.allSettled(closing), late]);
}

/** The pair of options that names a store. */
export function storeOptions(store = 'store', catalog = 'catalog'): Record<string, CommandOption> {
  return {
    [store]: {
      value: 'URL',
      help: [
        store === 'to'
          ? 'redis:, rediss:, postgres:, mysql: or sqlite:; sessions go where such are found, or become records. Or'
          : 'redis:, rediss:, postgres:, mysql: or sqlite:; sessions there are found by themselves. Or',
        'env:NAME for the URL in the environment variable NAME, which keeps its password out of sight.',
      ],
    },
    [catalog]: {
      value: 'MODULE',
      help: [
        'Or a module (a path or a package) whose default export, or export `catalog`, is a',
        'session catalog or a function that returns one: for all other storages.',
      ],
    },
    ...layoutOptions(store),
  };
}

/** @throws {OptionInvalidError} Neither or both options are given, or one that a catalog does not need. */
export function assertStoreNamed(given: Arguments, store = 'store', catalog = 'catalog'): void {
  if ((given.value(store) === undefined) === (given.value(catalog) === undefined)) {
    throw new OptionInvalidError(`Name the store: either --${store} URL or --${catalog} MODULE.`);
  }
  if (given.value(catalog) !== undefined) {
    assertNoLayout(given, store, `--${catalog} names the table, or the prefix, itself`);
  }
}

/** @throws {OptionInvalidError} An option says where in a store to look that says so itself. */
function assertNoLayout(given: Arguments, store: string, because: string): void {
  const useless = Object.keys(layoutOptions(store)).find((name) => given.value(name) !== undefined);
  if (useless === undefined) return;
  throw new OptionInvalidError(`--${useless} would have no effect here: ${because}.`);
}

/**
 * @throws {OptionInvalidError} Neither or both options are given, or what they name cannot be opened.
 * @throws {PackageMissingError} The URL's adapter is not installed.
 */
export async function openCatalog(
  given: Arguments,
  store = 'store',
  catalog = 'catalog',
): Promise<NamedCatalog> {
  assertStoreNamed(given, store, catalog);
  const [url, specifier] = [given.value(store), given.value(catalog)];
  const named =
    url === undefined
      ? await loadCatalog(String(specifier), catalog)
      : await openUrl(url, store, given);
  opened.push(named.catalog);
  return named;
}

async function openUrl(text: string, option: string, given: Arguments): Promise<NamedCatalog> {
  const address = readStoreAddress(text, option);
  const { url, kind, file } = address;
  if (address.table !== undefined) {
    assertNoLayout(given, option, 'the URL says by its query where to look');
  }
  const wanted = wantedLayout(given, option, address);
  const isNew = file !== undefined && !existsSync(file);
  // SQLite would make an empty file, and a misspelt path would look like a store without sessions.
  if (isNew && !wanted.mayBeNew) {
    throw new OptionInvalidError(
      `--${option}: there is no such file: ${address.shown}. A relative path starts from where the command is run.`,
    );
  }
  const found = isNew
    ? { ...notThere, shown: address.shown, place: chooseLayout([], wanted) }
    : await findSessions(address, wanted);
  const { shown, place, others, catalog, server } = found;
  const { table, schema } = place;
  const prefix = table === defaultTables.records ? undefined : table;
  const where = kind === 'redis' ? { prefix } : { table, schema };
  return {
    name: shown,
    place: describePlace(place, kind),
    others: others.map((other) => describePlace(other, kind)),
    identities: identitiesOf(address, place, server),
    catalog: catalog ?? openSessionStorage(url, { Session: SessionAsStored, ...where }),
  };
}

/** What is known of a file that will be made. */
const notThere = { others: [], catalog: undefined, server: undefined };

async function loadCatalog(specifier: string, option: string): Promise<NamedCatalog> {
  const exported = await loadExport(specifier, option, 'catalog');
  if (!isCatalog(exported)) {
    throw new OptionInvalidError(`--${option}: ${describeWrongCatalog(exported)}`);
  }
  return {
    name: specifier,
    place: undefined,
    others: [],
    identities: [pathOf(specifier)],
    catalog: exported,
  };
}

function isCatalog(value: unknown): value is Catalog {
  return hasMethods(value, 'sessions', 'replaceSession');
}
