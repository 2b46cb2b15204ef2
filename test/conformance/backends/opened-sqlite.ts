// `openSessionStorage` on an SQLite file.
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'libsql';
import { openSessionStorage } from '../../../src/open/index.js';
import type { Backend } from '../backend.js';
import { keyvCapabilities } from './keyv-memory.js';

export const openedSqlite: Backend = {
  name: 'openSessionStorage on SQLite',
  server: undefined,
  capabilities: keyvCapabilities,
  create: async () => ({ folder: await mkdtemp(join(tmpdir(), 'test-sqlite-')) }),
  async connect({ folder = '' }) {
    const file = join(folder, 'sessions.db');
    const storage = openSessionStorage(`sqlite:${file}`);
    return {
      storage,
      async raw() {
        const database = new Database(file);
        try {
          return JSON.stringify(database.prepare('SELECT * FROM shopify_session_records').all());
        } finally {
          database.close();
        }
      },
      // With the write-ahead log, where the latest writes are.
      async bytes() {
        const files = (await readdir(folder)).map((name) => readFile(join(folder, name), 'latin1'));
        return (await Promise.all(files)).join('\n');
      },
      close: () => storage.disconnect(),
    };
  },
  drop: ({ folder = '' }) => rm(folder, { recursive: true, force: true }),
};
