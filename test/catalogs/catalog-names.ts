// The names of the catalogs, which are those of their folders.
import { existsSync, readdirSync } from 'node:fs';
import type { StoredSession } from '../../src/catalogs/stored-session.js';
import type { SessionCatalog } from '../../src/index.js';

const folder = new URL('../../src/catalogs/', import.meta.url);

export const catalogNames: readonly string[] = readdirSync(folder).filter((name) =>
  existsSync(new URL(`${name}/index.ts`, folder)),
);

type MakeCatalog = (client: unknown, options: object) => SessionCatalog<StoredSession>;

/** The function that makes a catalog of this name. */
export async function catalogOf(name: string): Promise<MakeCatalog> {
  const entry: Readonly<Record<string, unknown>> = await import(
    new URL(`${name}/index.ts`, folder).href
  );
  return entry[`${name}Catalog`] as MakeCatalog;
}
