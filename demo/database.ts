// Looks into the demo's SQLite files from outside, as someone would who got hold of them.
import { readdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import Database from 'libsql';

/** The rows that hold sessions: their key, and the session as it is written there. */
export function sessionRows(file: string): Record<string, unknown>[] {
  const database = new Database(file);
  try {
    const rows = database.prepare('SELECT key, value FROM keyv').all() as Record<string, string>[];
    return rows
      .map(({ value = '{}' }) => JSON.parse(value))
      .filter(({ session }) => session !== undefined)
      .map(({ session }) => session);
  } finally {
    database.close();
  }
}

/** How many of the tokens can be found in the bytes of all files in the folder of `file`. */
export async function readableTokens(file: string, tokens: readonly string[]): Promise<number> {
  const folder = dirname(file);
  const files = await Promise.all(
    (await readdir(folder)).map((name) => readFile(join(folder, name))),
  );
  return tokens.filter((token) => files.some((bytes) => bytes.includes(token))).length;
}
