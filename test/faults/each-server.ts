// Tests that run over a server of each kind, once for each of the storages over it.
import { afterAll, beforeAll, describe } from 'vitest';
import { canStartMysql } from '../servers/mysql.js';
import { canStartPostgres } from '../servers/postgres.js';
import { canStartRedis } from '../servers/redis.js';
import { selected } from './fault-suite.js';
import { type FaultyServer, startFaultyServer } from './faulty-server.js';
import { isInEachRun, isToCompare, type SubjectName, serverOf, subjectNames } from './subjects.js';

const kinds = {
  redis: canStartRedis,
  'redis-cluster': canStartRedis,
  'redis-sentinel': canStartRedis,
  postgres: canStartPostgres,
  mysql: canStartMysql,
} satisfies Record<keyof typeof startFaultyServer, () => boolean>;

export type FaultyKind = keyof typeof kinds;

/**
 * Registers tests for each storage over each kind of server.
 *
 * @param register Is given the server, which has started when a test runs.
 * @param isShort Whether a storage belongs into every run, and not only into the long version.
 */
export function describeEachServer(
  register: (kind: FaultyKind, subject: SubjectName, server: () => FaultyServer) => void,
  isShort: (subject: SubjectName) => boolean = isInEachRun,
): void {
  const isSelected = (name: SubjectName) =>
    !isToCompare(name) && (selected !== undefined || isShort(name));
  for (const kind of Object.keys(kinds) as FaultyKind[]) {
    const subjects = subjectNames.filter((name) => isSelected(name) && serverOf(name) === kind);
    if (subjects.length === 0) continue;
    describe.skipIf(!kinds[kind]())(kind, () => {
      let server: FaultyServer | undefined;
      const started = () => {
        if (server === undefined) throw new Error('The server has not started.');
        return server;
      };
      beforeAll(async () => {
        server = await startFaultyServer[kind]();
      });
      afterAll(() => server?.stop());

      describe.each(subjects)('%s', (subject) => register(kind, subject, started));
    });
  }
}
