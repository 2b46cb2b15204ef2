// A pool of `pg`.
import { hasMethods, memberOf } from '../foreign-object.js';
import { codeOf } from '../safe-cause.js';
import { PoolConnections } from './pool-connections.js';
import type { StoreAccess } from './store-access.js';

/** What is needed of a `Pool` of `pg`. */
export interface PostgresPool {
  readonly totalCount: number;
  connect(): Promise<PostgresClient>;
  end(): Promise<void>;
  on(event: 'error', listener: (error: Error) => void): unknown;
  off(event: 'error', listener: (error: Error) => void): unknown;
}

/** What is needed of a client of such a pool. */
export interface PostgresClient {
  query(sql: string, values: unknown[]): Promise<{ readonly rows: unknown[] }>;
  /** @param destroy Whether to close the connection. */
  release(destroy?: boolean): void;
  on(event: 'error', listener: (error: Error) => void): unknown;
  off(event: 'error', listener: (error: Error) => void): unknown;
}

/**
 * How many connections a pool of `pg` has.
 *
 * @param max What it was told.
 */
export function postgresPoolSize(max: unknown): number {
  return Number(max) > 0 ? Number(max) : 10;
}

/** Whether `value` is a pool of `pg`. */
export function isPostgresPool(value: unknown): value is PostgresPool {
  return hasMethods(value, 'connect', 'query', 'end') && typeof value.totalCount === 'number';
}

/**
 * Listens to the errors of a pool: else a server that restarts while connections are idle would end the process.
 *
 * @returns What ends that.
 */
export function listenToPool(pool: PostgresPool, access: StoreAccess): () => void {
  const note = (error: Error) => access.noteEvent(error);
  pool.on('error', note);
  return () => void pool.off('error', note);
}

export function postgresConnections(
  pool: PostgresPool,
  access: StoreAccess,
): PoolConnections<PostgresClient, { readonly rows: unknown[] }> {
  return new PoolConnections(
    {
      size: postgresPoolSize(memberOf(memberOf(pool, 'options'), 'max')),
      async take() {
        const client = await pool.connect();
        client.on('error', passOver);
        return client;
      },
      identityOf: (client) => client,
      execute: (client, sql, values) => client.query(sql, [...values]),
      giveBack(client, isBroken) {
        client.off('error', passOver);
        client.release(isBroken);
      },
      isOfConnection,
      isReadOnly: (error) => codeOf(error) === '25006',
    },
    access,
  );
}

/** The statement that is under way fails as well, and the pool keeps no client that is lost. */
function passOver(): void {}

/** Whether the connection is lost. */
function isOfConnection(error: unknown): boolean {
  const isAnswer = memberOf(error, 'severity') !== undefined;
  return !isAnswer || /^(57P|08)/.test(codeOf(error) ?? '');
}
