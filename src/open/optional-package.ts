// Loads packages that are needed only by some.
import { PackageMissingError } from '../errors.js';

type Constructor = new (...values: never[]) => object;

/**
 * A class that an optional package exports.
 *
 * @throws PackageMissingError if the package is not installed.
 */
export function constructorFrom(packageName: string, exportName: string): Constructor {
  const exported: unknown = load(packageName);
  // A CommonJS package may be its own default export, or have one.
  for (const candidate of [member(exported, exportName), member(exported, 'default'), exported]) {
    if (typeof candidate === 'function') return candidate as Constructor;
  }
  throw new PackageMissingError(`The installed ${packageName} has no ${exportName}. Update it.`);
}

function load(packageName: string): unknown {
  const nodeModule = process.getBuiltinModule('node:module');
  try {
    return nodeModule.createRequire(import.meta.url)(packageName);
  } catch (error) {
    if (member(error, 'code') !== 'MODULE_NOT_FOUND') throw error;
    if (!String(member(error, 'message')).includes(`'${packageName}'`)) throw error;
    throw new PackageMissingError(
      `This session store needs the package ${packageName}. Install it: npm install ${packageName}`,
    );
  }
}

function member(value: unknown, name: string): unknown {
  const holds = (typeof value === 'object' && value !== null) || typeof value === 'function';
  return holds ? Reflect.get(value, name) : undefined;
}
