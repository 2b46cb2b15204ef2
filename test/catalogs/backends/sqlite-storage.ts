// Stands in for @shopify/shopify-app-session-storage-sqlite, whose sqlite3 has to be compiled: the
// same table, and the same statements, over a driver that needs no compiler.
import { Session } from '@shopify/shopify-api';
import type { SessionStorage } from '@shopify/shopify-app-session-storage';
import type Database from 'libsql';

const table = `
  CREATE TABLE IF NOT EXISTS shopify_sessions (
    id varchar(255) NOT NULL PRIMARY KEY,
    shop varchar(255) NOT NULL,
    state varchar(255) NOT NULL,
    isOnline integer NOT NULL,
    expires integer,
    scope varchar(1024),
    accessToken varchar(255),
    userId integer,
    firstName varchar(255),
    lastName varchar(255),
    email varchar(255),
    accountOwner integer,
    locale varchar(255),
    collaborator integer,
    emailVerified integer,
    refreshToken varchar(255),
    refreshTokenExpires integer
  )`;

const dates = ['expires', 'refreshTokenExpires'];

export class SqliteStorage implements SessionStorage {
  readonly #database: Database.Database;

  constructor(database: Database.Database) {
    this.#database = database;
    database.exec(table);
  }

  async storeSession(session: Session): Promise<boolean> {
    const entries = session.toPropertyArray(true).map(([name, value]) => {
      if (dates.includes(name)) return [name, Math.floor(Number(value) / 1000)] as const;
      return [name, typeof value === 'boolean' ? Number(value) : value] as const;
    });
    const names = entries.map(([name]) => name).join(', ');
    const parameters = entries.map(() => '?').join(', ');
    const sql = `INSERT OR REPLACE INTO shopify_sessions (${names}) VALUES (${parameters})`;
    this.#database.prepare(sql).run(...entries.map(([, value]) => value));
    return true;
  }

  async loadSession(id: string): Promise<Session | undefined> {
    return this.#find('id', id)[0];
  }

  async findSessionsByShop(shop: string): Promise<Session[]> {
    return this.#find('shop', shop);
  }

  async deleteSession(id: string): Promise<boolean> {
    return this.deleteSessions([id]);
  }

  async deleteSessions(ids: string[]): Promise<boolean> {
    const list = ids.map(() => '?').join(', ');
    this.#database.prepare(`DELETE FROM shopify_sessions WHERE id IN (${list})`).run(...ids);
    return true;
  }

  #find(column: 'id' | 'shop', value: string): Session[] {
    const sql = `SELECT * FROM shopify_sessions WHERE ${column} = ?`;
    const rows = this.#database.prepare(sql).all(value) as Record<string, unknown>[];
    return rows.map((row) => {
      const entries = Object.entries(row).map(([name, raw]): [string, unknown] => [
        name,
        dates.includes(name) && raw !== null ? Number(raw) * 1000 : raw,
      ]);
      return Session.fromPropertyArray(entries as [string, string][], true);
    });
  }
}
