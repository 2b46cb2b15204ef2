// Replies of Redis as values.

/** A reply as text. A client may be set up to answer with Buffers, whose `toString` is UTF-8. */
export function textOf(reply: unknown): string | undefined {
  return reply === null || reply === undefined ? undefined : String(reply);
}

export function listOf(reply: unknown): unknown[] {
  if (!Array.isArray(reply)) throw new TypeError('Redis did not answer with a list.');
  return reply;
}
