// The class that opens an SQLite database without a compiler: Node's own, or libsql where Node has none.
import { memberOf } from '../foreign-object.js';
import { nodeBuiltin } from '../runtime/node-builtins.js';
import { drivers } from './drivers.js';
import { exportOf, loadPackage } from './load-package.js';

/** @throws {PackageMissingError} Neither is there. */
export async function sqliteClass(): Promise<new (path: string) => unknown> {
  const nodeSqlite = memberOf(nodeBuiltin('node:sqlite'), 'DatabaseSync');
  if (typeof nodeSqlite === 'function') return nodeSqlite as never;
  const libsql = await loadPackage(drivers, 'libsql');
  return (exportOf(libsql, 'default') ?? libsql) as never;
}
