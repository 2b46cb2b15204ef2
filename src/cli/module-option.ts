// Loads a module of the app's own that an option names.
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { isAbsolute, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { memberOf } from '../foreign-object.js';
import { OptionInvalidError } from '../index.js';
import { messageOf } from './describe-error.js';
import { orIdle } from './ending.js';

/**
 * What a module exports as `name`, or else by default. A function is called, and what it returns is
 * awaited.
 *
 * @param specifier A path, from where the command is run, or a package.
 * @param option The option that it was given to, for errors.
 * @throws {OptionInvalidError} It cannot be loaded. The message does not repeat what may be a secret.
 */
export async function loadExport(
  specifier: string,
  option: string,
  name: string,
): Promise<unknown> {
  const exported = await loadUncalledExport(specifier, option, name);
  try {
    return await settled(typeof exported === 'function' ? exported() : exported, option);
  } catch (error) {
    throw unloadable(option, error);
  }
}

/**
 * What a module exports as `name`, or else by default, as it is: a function is not called.
 *
 * @throws {OptionInvalidError} It cannot be loaded.
 */
export async function loadUncalledExport(
  specifier: string,
  option: string,
  name: string,
): Promise<unknown> {
  const url = locate(specifier, option);
  let loaded: unknown;
  try {
    loaded = await settled(import(url), option);
  } catch (error) {
    throw unloadable(option, error);
  }
  const wrapped = memberOf(loaded, 'default');
  // A CommonJS module has its own exports in its default export.
  const candidates = [
    ...[memberOf(loaded, name), memberOf(wrapped, name)],
    ...[memberOf(wrapped, 'default'), wrapped],
  ];
  return candidates.find((candidate) => candidate !== undefined);
}

/** What a module waits for, which it may do for ever. */
function settled(awaited: unknown, option: string): Promise<unknown> {
  const never = `--${option}: the module waits for something that never happens, so that it cannot be loaded.`;
  return orIdle(awaited, () => new OptionInvalidError(never));
}

function locate(specifier: string, option: string): string {
  if (/^[a-z][a-z0-9+.-]+:/i.test(specifier) && !existsSync(specifier)) {
    throw new OptionInvalidError(
      `--${option} takes a module, a path or a package: not a URL, and not a key.`,
    );
  }
  const path = resolve(specifier);
  if (existsSync(path)) return pathToFileURL(path).href;
  if (isAbsolute(specifier) || specifier.startsWith('.')) {
    throw new OptionInvalidError(
      `--${option}: there is no such file. A relative path starts from where the command is run.`,
    );
  }
  try {
    // From where the command is run, not from where this package is.
    return pathToFileURL(createRequire(resolve('catalog.js')).resolve(specifier)).href;
  } catch {
    throw new OptionInvalidError(
      `--${option}: there is no such file, and no such package is installed.`,
    );
  }
}

function unloadable(option: string, error: unknown): OptionInvalidError {
  if (error instanceof OptionInvalidError && error.message.startsWith(`--${option}:`)) return error;
  const remedy =
    memberOf(error, 'code') === 'ERR_UNKNOWN_FILE_EXTENSION'
      ? '. For TypeScript, install tsx and set NODE_OPTIONS="--import tsx".'
      : '';
  return new OptionInvalidError(
    `--${option}: the module cannot be loaded: ${messageOf(error)}${remedy}`,
  );
}
