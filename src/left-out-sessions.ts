// What a storage of this package found for a shop and did not hand out, or handed out without its tokens:
// for the wrapper, whose observer is told of it.
import type { SessionEncryptionErrorCode } from './errors.js';

/** A session, and what is wrong with it. */
export interface LeftOutSession {
  readonly sessionId: string;
  readonly code: SessionEncryptionErrorCode;
}

const byAnswer = new WeakMap<object, readonly LeftOutSession[]>();

/** @param answer The list that is handed out. */
export function noteLeftOut(answer: object, leftOut: readonly LeftOutSession[]): void {
  if (leftOut.length > 0) byAnswer.set(answer, leftOut);
}

/** @param answer What a storage, of this package or not, has answered. */
export function leftOutOf(answer: object | null | undefined): readonly LeftOutSession[] {
  return (answer && byAnswer.get(answer)) ?? [];
}
