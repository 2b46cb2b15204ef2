// A Keyv adapter over SQLite in memory, as `@keyv/sqlite` is one, whose statements a test can watch.
import Database from 'libsql';

export class SqliteAdapter {
  readonly opts = { dialect: 'sqlite', table: 'keyv' };
  namespace: string | undefined;
  readonly #database = new Database(':memory:');

  constructor() {
    this.#database.exec('CREATE TABLE keyv (key VARCHAR(255) PRIMARY KEY, value TEXT)');
  }

  async query(sql: string, ...values: string[]): Promise<unknown[]> {
    return this.#database.prepare(sql).all(...values);
  }

  async disconnect(): Promise<void> {
    this.#database.close();
  }

  // Keyv asks for these methods.
  get = async () => undefined;
  set = async () => {};
  delete = async () => false;
  clear = async () => {};
  on = () => this;
}
