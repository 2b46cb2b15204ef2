// The servers that all test files share. The global set-up finds or starts them once; a test file
// uses databases and key prefixes of its own on them, and removes those.
import { inject } from 'vitest';

/** The kinds of server that tests share. */
export type SharedServer = 'redis' | 'postgres' | 'mysql';

declare module 'vitest' {
  interface ProvidedContext {
    /** The URL of each server, or `null` where it cannot be had. */
    servers: Record<SharedServer, string | null>;
  }
}

/** The URL of a shared server, or `undefined` when the global set-up has said that there is none. */
export function sharedServer(name: SharedServer): string | undefined {
  return inject('servers')[name] ?? undefined;
}
