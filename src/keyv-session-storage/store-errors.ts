// Turns a failure of the backend into the public error, with the session it happened to.
import { StoreUnavailableError } from '../errors.js';
import { StoreFailure } from './atomic-store/index.js';

/**
 * Runs one operation of the storage.
 *
 * @param subject What it is about, for the message: a session id, or a shop.
 * @throws StoreUnavailableError in place of a failure of the backend; other errors as they are.
 */
export async function withPublicErrors<T>(
  subject: { readonly sessionId: string } | { readonly shop: string } | undefined,
  operation: () => Promise<T>,
): Promise<T> {
  try {
    return await operation();
  } catch (error) {
    if (!(error instanceof StoreFailure)) throw error;
    const place = subject !== undefined && 'sessionId' in subject ? subject : {};
    const doubt = error.timedOut
      ? ' If it was a write, it may have taken effect all the same.'
      : '';
    throw new StoreUnavailableError(
      `${introduction(subject)}the session store ${error.message}.${doubt} The cause is in error.cause.`,
      { ...place, cause: error.cause },
    );
  }
}

function introduction(subject: { sessionId: string } | { shop: string } | undefined): string {
  if (subject === undefined) return 'Sessions: ';
  return 'sessionId' in subject
    ? `Session ${subject.sessionId}: `
    : `Sessions of ${subject.shop}: `;
}
