// Faults of a file: another process holds its lock.
import Database from 'libsql';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Fault } from './fault.js';
import { expectNoHarm, isWanted, limit, noteOutcome, size } from './fault-suite.js';
import { newSqliteFile } from './faulty-server.js';
import { CallerProgram } from './processes/start.js';
import { runFault } from './run-fault.js';

const subject = 'openSessionStorage, SQLite';
let program: CallerProgram;
beforeAll(async () => {
  program = await CallerProgram.build();
});
afterAll(() => program?.remove());

const faults: [string, Omit<Fault, 'servers' | 'prepare'>][] = [
  ['file locked', { failsCalls: true }],
  ['file locked from the start', { failsCalls: true, fromTheStart: true }],
];

test.for(faults.filter(([name]) => isWanted(name, subject)))(
  '%s: openSessionStorage, SQLite',
  { timeout: limit },
  async ([name, fault], { task }) => {
    const store = newSqliteFile();
    const other = new Database(store.path);
    // The callers are at work when it takes the lock.
    other.exec('PRAGMA busy_timeout = 10000');
    try {
      const prepared = {
        begin: () => void other.exec('BEGIN EXCLUSIVE'),
        end: () => void other.exec('COMMIT'),
      };
      const outcome = await runFault(program, subject, store, fault, prepared, size);
      noteOutcome(task, { fault: name, subject, outcome });
      expectNoHarm(outcome, fault);
      expect(outcome.failed).toBeGreaterThan(0);
    } finally {
      other.close();
      await store.remove();
    }
  },
);
