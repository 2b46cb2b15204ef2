// dynalite has no types of its own.
declare module 'dynalite' {
  import type { Server } from 'node:http';

  /** Makes a server of DynamoDB's protocol that keeps its tables in memory. */
  export default function dynalite(options: {
    readonly createTableMs: number;
    readonly deleteTableMs: number;
  }): Server;
}
