// Opens the store that the arguments name: by URL, or by a module that exports a catalog.
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { isAbsolute, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { OptionInvalidError, type SessionCatalog, type SessionLike } from '../index.js';
import { openSessionStorage } from '../open/index.js';
import type { Arguments, CommandOption } from './command.js';
import { hidePasswordOf, redact } from './redact.js';

export type Catalog = SessionCatalog<SessionLike>;

export interface NamedCatalog {
  /** For people: without the user, the password and the options of a URL. */
  readonly name: string;
  readonly catalog: Catalog;
}

/** What sessions are read as: whatever the app's class is, all that is stored is kept. */
class StoredSession implements SessionLike {
  declare readonly id: string;
  declare shop: string;
  declare isOnline: boolean;
}

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
        'redis:, rediss:, postgres: or sqlite:, as openSessionStorage takes it; or env:NAME for',
        'the URL in the environment variable NAME, which keeps its password out of sight.',
      ],
    },
    [catalog]: {
      value: 'MODULE',
      help: [
        'Or a module (a path or a package) whose default export, or export `catalog`, is a',
        'session catalog or a function that returns one: for the official storages.',
      ],
    },
  };
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
  const [url, specifier] = [given.value(store), given.value(catalog)];
  if ((url === undefined) === (specifier === undefined)) {
    throw new OptionInvalidError(`Name the store: either --${store} URL or --${catalog} MODULE.`);
  }
  const named = url === undefined ? await loadCatalog(String(specifier)) : openUrl(url, store);
  opened.push(named.catalog);
  return named;
}

function openUrl(given: string, option: string): NamedCatalog {
  const url = given.startsWith('env:') ? variable(given.slice(4), option) : given;
  hidePasswordOf(url);
  const file = sqliteFile(url);
  // SQLite would make an empty file, and a misspelt path would look like a store without sessions.
  if (file !== undefined && option !== 'to' && !existsSync(file)) {
    throw new OptionInvalidError(`--${option}: there is no file ${file}`);
  }
  return { name: nameOf(url), catalog: openSessionStorage(url, { Session: StoredSession }) };
}

function variable(name: string, option: string): string {
  const value = process.env[name]?.trim() ?? '';
  if (value === '') {
    throw new OptionInvalidError(`--${option}: the environment variable ${name} is not set.`);
  }
  return value;
}

function sqliteFile(url: string): string | undefined {
  const path = /^sqlite:(?:\/\/(?=\/|[^/]))?(.*)$/i.exec(url)?.[1];
  return path === undefined || path === '' || path === ':memory:' ? undefined : path;
}

function nameOf(url: string): string {
  const file = sqliteFile(url);
  if (file !== undefined) return `sqlite:${file}`;
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  // An @ in the path is what is left of a password that was not encoded.
  const isClear = parsed !== undefined && parsed.host !== '' && !parsed.pathname.includes('@');
  if (!isClear) return url.replace(/:.*$/s, ':');
  return `${parsed.protocol}//${parsed.host}${parsed.pathname === '/' ? '' : parsed.pathname}`;
}

async function loadCatalog(specifier: string): Promise<NamedCatalog> {
  const loaded = await importModule(specifier);
  const wrapped = memberOf(loaded, 'default');
  // A CommonJS module has its own exports in its default export.
  const candidates = [
    ...[memberOf(loaded, 'catalog'), memberOf(wrapped, 'catalog')],
    ...[memberOf(wrapped, 'default'), wrapped],
  ];
  const exported = candidates.find((candidate) => candidate !== undefined);
  let catalog: unknown;
  try {
    catalog = typeof exported === 'function' ? await exported() : await exported;
  } catch (error) {
    throw unloadable(specifier, error);
  }
  if (!isCatalog(catalog)) {
    throw new OptionInvalidError(
      `${specifier}: neither the default export nor the export "catalog" is a session catalog (with ` +
        'sessions and replaceSession) or a function that returns one. Export the storage that ' +
        'keeps the sessions, or its catalog; not an EncryptedSessionStorage around it.',
    );
  }
  return { name: specifier, catalog };
}

async function importModule(specifier: string): Promise<unknown> {
  try {
    const path = resolve(specifier);
    const isPath = isAbsolute(specifier) || specifier.startsWith('.') || existsSync(path);
    if (isPath) return await import(pathToFileURL(path).href);
    // From where the command is run, not from where this package is.
    const require = createRequire(resolve('catalog.js'));
    return await import(pathToFileURL(require.resolve(specifier)).href);
  } catch (error) {
    throw unloadable(specifier, error);
  }
}

function unloadable(specifier: string, error: unknown): OptionInvalidError {
  const reason = redact(error instanceof Error ? error.message : String(error));
  return new OptionInvalidError(`${specifier} cannot be loaded: ${reason}`);
}

function isCatalog(value: unknown): value is Catalog {
  return ['sessions', 'replaceSession'].every(
    (name) => typeof memberOf(value, name) === 'function',
  );
}

function memberOf(value: unknown, name: string): unknown {
  const holds = (typeof value === 'object' && value !== null) || typeof value === 'function';
  return holds ? Reflect.get(value, name) : undefined;
}
