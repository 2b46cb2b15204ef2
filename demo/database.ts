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
    return database.prepare('SELECT key, value FROM keyv').all() as Record<string, string>[];
  } finally {
    database.close();
  }
}
