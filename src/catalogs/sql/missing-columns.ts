// A table that lacks columns for what a session holds: how it is said, and what adds them.
import { SessionInvalidError } from '../../errors.js';
import type { RowFormat } from './session-row.js';

/** What adds columns to a table with dates of this format: only the official storages keep seconds. */
export function addedBy({ expires }: RowFormat): string {
  return expires === 'seconds'
    ? 'Start the app once with the current release of its session storage, which adds'
    : "In Drizzle's schema or in schema.prisma, whichever defines the app's tables, and in the database, add";
}

export function columnsMissing(
  sessionId: string,
  table: string,
  columns: readonly string[],
  add: string,
): SessionInvalidError {
  const names = [...columns].sort();
  const them = columns.length === 1 ? 'it' : 'them';
  return new SessionInvalidError(
    `Session ${sessionId}: table ${table} has no column ${names.join(', ')}. ${add} ${them}.`,
    { sessionId, field: names[0] },
  );
}
