// Keeps a restart of PostgreSQL from ending the process. `@keyv/postgres` makes a pg.Pool that has
// no `error` listener and that no one can reach: when the server drops an idle connection, Node
// throws. Here the pool is caught at the one moment it shows itself, when it runs a query.
// https://node-postgres.com/apis/pool#error
import { hasMembers, hasMethods, type Members } from '../keyv-like.js';

interface QueryingAdapter {
  query(sql: string, values: unknown[]): Promise<unknown>;
}

interface PoolPrototype {
  query(this: Members, ...values: unknown[]): unknown;
}

const guarded = new WeakMap<object, Promise<void>>();

/**
 * Makes the pool behind `adapter` survive lost idle connections. Cheap once done; when it fails (the
 * server is down) the next call tries again.
 */
export function guardPostgresPool(adapter: QueryingAdapter): Promise<void> {
  let guarding = guarded.get(adapter);
  if (guarding === undefined) {
    guarding = guard(adapter);
    guarded.set(adapter, guarding);
    guarding.catch(() => guarded.delete(adapter));
  }
  return guarding;
}

async function guard(adapter: QueryingAdapter): Promise<void> {
  const prototypes = poolPrototypes();
  // The adapter connects before its first query; after this one the next goes straight to the pool.
  await adapter.query('SELECT 1', []);
  const probe = `SELECT 1 AS "${crypto.randomUUID()}"`;
  const originals = prototypes.map((prototype) => prototype.query);
  const restore = () => {
    prototypes.forEach((prototype, index) => {
      const original = originals[index];
      if (original !== undefined) prototype.query = original;
    });
  };
  prototypes.forEach((prototype, index) => {
    prototype.query = function (this: Members, ...values: unknown[]): unknown {
      if (values[0] === probe && hasMethods(this, 'on', 'off')) {
        restore();
        // Adapters share a pool; one listener is enough for all.
        Reflect.apply(this.off as () => void, this, ['error', ignoreLostConnection]);
        Reflect.apply(this.on as () => void, this, ['error', ignoreLostConnection]);
      }
      return Reflect.apply(originals[index] ?? prototype.query, this, values);
    };
  });
  try {
    await adapter.query(probe, []);
  } finally {
    restore();
  }
}

/** The pool has dropped the connection already; the next query opens another. */
function ignoreLostConnection(): void {}

/** The prototype of every copy of pg-pool in this process; there may be several in one tree. */
function poolPrototypes(): PoolPrototype[] {
  const nodeModule = globalThis.process?.getBuiltinModule?.('node:module');
  if (nodeModule === undefined) return [];
  const loaded = nodeModule.createRequire(import.meta.url).cache;
  return Object.entries(loaded).flatMap(([path, module]) => {
    if (!/[\\/]pg-pool[\\/]index\.js$/.test(path)) return [];
    const prototype: unknown = hasMembers(module?.exports) ? module.exports.prototype : undefined;
    return hasMethods(prototype, 'query') ? [prototype as unknown as PoolPrototype] : [];
  });
}
