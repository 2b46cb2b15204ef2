// Errors as lines for people, with the causes that help to mend them.
import { isError } from '../foreign-object.js';
import { SessionEncryptionError } from '../index.js';
import { safeCause } from '../safe-cause.js';
import { withoutKnownSecrets } from './redact.js';

/** The message, then one line for each cause that says something new. */
export function describeError(error: unknown): string[] {
  const lines: string[] = [];
  const seen = new Set<unknown>();
  for (let cause = error; cause !== undefined && !seen.has(cause); ) {
    seen.add(cause);
    const message = messageOf(cause);
    if (message !== '' && !lines.some((line) => line.includes(message))) lines.push(message);
    cause = isError(cause) ? cause.cause : undefined;
  }
  return lines.map((line, at) => (at === 0 ? `Error: ${line}` : `Cause: ${line}`));
}

/** The message of one error. That of others is without data. */
export function messageOf(error: unknown): string {
  // Our own messages carry nothing secret, and name sessions that redaction could garble.
  if (error instanceof SessionEncryptionError) return error.message;
  const { message, name } = safeCause(error);
  return withoutKnownSecrets(message === '' ? name : message);
}
