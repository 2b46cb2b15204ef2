// Loads packages that only some apps install, in a way that every bundler can follow.
//
// A table of loaders is a module of literal `import('name')` calls, each in a try block: a bundler
// then takes the package in, and goes on if it is not installed. The build turns the calls into
// `require('name')` for callers that use `require` (Jest cannot import from CommonJS), and the
// entries for `import` replace them with real imports by `useImports`.
import { PackageMissingError } from '../errors.js';
import { type Members, memberOf } from '../foreign-object.js';

/** By the name of the package: what loads it. It rejects if the package is not installed. */
export type PackageLoaders = Readonly<Record<string, () => Promise<unknown>>>;

const imports = new Map<string, () => Promise<unknown>>();

/** From now on, loads these packages with `loaders`: the app imports this package. */
export function useImports(loaders: PackageLoaders): void {
  for (const [name, load] of Object.entries(loaders)) imports.set(name, load);
}

/**
 * What a package exports.
 *
 * @param loaders The table that names the package.
 * @throws PackageMissingError if it is not installed, lacks a package of its own, or was bundled in a
 *   way that it cannot run, or as an empty module. An error of the package's own stays itself.
 */
export async function loadPackage<Loaders extends PackageLoaders>(
  loaders: Loaders,
  name: keyof Loaders & string,
): Promise<unknown> {
  const { exports, missing } = await tryToLoad(loaders, name);
  const toInstall = packageOf(name);
  if (missing === undefined && isEmptyModule(exports)) {
    throw new PackageMissingError(
      `In place of the package ${toInstall} is an empty module, as an alias of the bundler makes it. ` +
        `Remove the alias, and install the package: npm install ${toInstall}`,
    );
  }
  if (missing === undefined) return exports;
  if (loadsNothingElse.test(missing)) {
    throw new PackageMissingError(
      `The package ${toInstall} is needed and is not in the bundle. Install it, and bundle again: npm install ${toInstall}`,
    );
  }
  const install = plugAndPlay.test(missing) ? 'yarn add' : 'npm install';
  throw new PackageMissingError(
    `The package ${toInstall} is needed and is not installed. Install it: ${install} ${toInstall}`,
  );
}

/**
 * What a package exports, as {@link loadPackage}; undefined if it is not installed.
 *
 * @param onUndeclared Called if Yarn without node_modules refuses it, as the app does not declare it: it may be
 *   installed all the same, for another package.
 */
export async function loadIfInstalled<Loaders extends PackageLoaders>(
  loaders: Loaders,
  name: keyof Loaders & string,
  onUndeclared: () => void,
): Promise<unknown> {
  const { exports, missing } = await tryToLoad(loaders, name);
  if (missing !== undefined && plugAndPlay.test(missing)) onUndeclared();
  return exports;
}

/** What a package exports, or how it was said that it is not installed. */
async function tryToLoad(
  loaders: PackageLoaders,
  name: string,
): Promise<{ readonly exports?: unknown; readonly missing?: string }> {
  const load = imports.get(name) ?? loaders[name];
  try {
    return { exports: await load?.() };
  } catch (error) {
    const message = String(memberOf(error, 'message'));
    if (loadsNothingElse.test(message)) return { missing: message };
    const missing = missingModule(error);
    const broken = packageOf(name);
    if (missing === name || missing === broken) return { missing: message };
    if (withoutRequire.test(message)) {
      throw new PackageMissingError(
        `The package ${broken} was bundled into an ES module, where it has no require. ` +
          `Bundle to CommonJS, give the bundle a require by a banner, or leave ${broken} out of it.`,
      );
    }
    if (missing === undefined || !packageName.test(missing)) throw error;
    throw new PackageMissingError(
      `The package ${broken} needs ${missing}, which is not installed. Leave ${broken} out of the bundle, ` +
        `if there is one, and install it with its optional packages: npm install ${broken}`,
    );
  }
}

/**
 * A function or class that a package exports.
 *
 * @throws PackageMissingError if the package is not installed, or is of a release without it.
 */
export async function functionFrom<Loaders extends PackageLoaders>(
  loaders: Loaders,
  name: keyof Loaders & string,
  exportName: string,
): Promise<(...values: never[]) => unknown> {
  const found = exportOf(await loadPackage(loaders, name), exportName);
  if (typeof found === 'function') return found as (...values: never[]) => unknown;
  const installed = packageOf(name);
  throw new PackageMissingError(
    `The installed ${installed} does not export ${exportName}. Update it: npm install ${installed}@latest`,
  );
}

/** An export, wherever the module system and the bundler put it: a CommonJS package may lie in `default`. */
export function exportOf(exported: unknown, exportName: string): unknown {
  const wrapped = memberOf(exported, 'default');
  return memberOf(exported, exportName) ?? memberOf(wrapped, exportName);
}

/** Whether nothing is exported: bundlers answer so for a package that an alias leaves out. */
function isEmptyModule(exported: unknown): boolean {
  if (typeof exported !== 'object' || exported === null) return false;
  // Where the module system puts what a CommonJS package exports.
  const { default: whole, 'module.exports': same = whole, ...named } = exported as Members;
  return [named, whole ?? {}, same ?? {}].every(hasNoMembers);
}

function hasNoMembers(value: unknown): boolean {
  return typeof value === 'object' && value !== null && Object.keys(value).length === 0;
}

/** `mysql2` of `mysql2/promise`. */
function packageOf(name: string): string {
  return name.split('/', name.startsWith('@') ? 2 : 1).join('/');
}

const missingCodes: unknown[] = ['MODULE_NOT_FOUND', 'ERR_MODULE_NOT_FOUND'];

/** How runtimes and bundlers say that there is no such module, where they give no code. */
const missingWords =
  /^(Cannot find|Could not resolve|No such module|Dynamic require of|Failed to resolve|Unable to resolve)/;

/** How bundles to ES modules say that CommonJS in them, here the package, has no `require`. */
const withoutRequire = /^(Dynamic require of|Calling `require` for) /;

/**
 * How a bundle says that it loads nothing but what is in it: ncc's to an ES module, and an executable of Node's with
 * a code cache.
 */
const loadsNothingElse = /^(require is not defined$|A dynamic import callback was not specified)/;

/** How Yarn without node_modules names the package, further down in what it says. */
const plugAndPlay = /^Required package: (\S+)/m;

/** Not a file. */
const packageName = /^(@[\w.-]+\/)?\w[\w.-]*(\/[\w./-]+)?$/;

/** The module that `error` says is missing: this very package, or one that it needs itself. */
function missingModule(error: unknown): string | undefined {
  const [code, message] = [memberOf(error, 'code'), String(memberOf(error, 'message'))];
  if (!missingCodes.includes(code) && !missingWords.test(message)) return undefined;
  return (plugAndPlay.exec(message) ?? /["'`]([^"'`]+)["'`]/.exec(message))?.[1];
}
