// Looks into the demo's SQLite files from outside, as someone would who got hold of them.
import { readdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import Database from 'libsql';

/** The sessions in the file, as they are written there. */
export function sessionRows(file: string): Record<string, unknown>[] {
  return rows(file)
    .map(({ value = '{}' }) => JSON.parse(value))
    .filter(({ session }) => session !== undefined)
    .map(({ session }) => session);
}

/** Writes a property of the session of a shop, as someone would who can write to the database. */
export function overwrite(file: string, shop: string, property: string, value: unknown): void {
  const database = new Database(file);
  try {
    const all = database.prepare('SELECT key, value FROM shopify_session_records').all() as Record<
      string,
      string
    >[];
    for (const { key = '', value: text = '{}' } of all) {
      const record = JSON.parse(text);
      if (record.session?.shop !== shop) continue;
      record.session[property] = value;
      const written = JSON.stringify(record);
      database
        .prepare('UPDATE shopify_session_records SET value = ? WHERE key = ?')
        .run([written, key]);
    }
  } finally {
    database.close();
  }
}

/** How many rows there are, of sessions or anything else. */
export function rowCount(file: string): number {
  return rows(file).length;
}

/** How many of the tokens can be found in the bytes of all files in the folder of `file`. */
export async function readableTokens(file: string, tokens: readonly string[]): Promise<number> {
  const folder = dirname(file);
  const files = await Promise.all(
    (await readdir(folder)).map((name) => readFile(join(folder, name))),
  );
  return tokens.filter((token) => files.some((bytes) => bytes.includes(token))).length;
}

function rows(file: string): Record<string, string>[] {
  const database = new Database(file);
  try {
    // The table is made when the first session is stored.
    const table = database
      .prepare("SELECT 1 FROM sqlite_master WHERE name = 'shopify_session_records'")
      .all();
    if (table.length === 0) return [];
    return database.prepare('SELECT key, value FROM shopify_session_records').all() as Record<
      string,
      string
    >[];
  } finally {
    database.close();
  }
}
