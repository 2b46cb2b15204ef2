// Opens a sealed token. The order of the checks decides the error: form, key, authenticity, context.

import { type Awaitable, whenDone } from '../awaitable.js';
import { KeyUnknownError, TokenContextError, TokenUnreadableError } from '../errors.js';
import type { Keyring } from '../key-ring/index.js';
import { keysOf } from '../key-ring/internal.js';
import type { SealedTokenCodec } from './codec.js';
import { encodeContext, type TokenContext } from './context.js';
import { headerOf, parseSealedToken } from './format.js';
import { headerFor } from './header.js';

/** A token that was sealed for the context it was found in, and the id of the key that sealed it. */
export interface OpenedToken {
  readonly token: string;
  readonly kid: string;
}

export function openWith(
  codec: SealedTokenCodec,
  keyring: Keyring,
  sealed: string,
  context: TokenContext,
): Awaitable<OpenedToken> {
  const keys = keysOf(keyring);
  const here = encodeContext(context);
  const parts =
    typeof sealed === 'string'
      ? parseSealedToken(sealed, headerFor(keys.current().primary, here))
      : undefined;
  if (parts === undefined) throw malformed(context, sealed);
  const { enc, kid, ctx } = parts.header;
  const held = keys.current();
  return whenDone(held.byKid.has(kid) ? held : keys.refreshed(), ({ byKid }) => {
    const key = byKid.get(kid);
    if (key === undefined) throw keyUnknown(context, kid);
    if (key.enc !== enc) throw notWithKey(context, kid);
    return whenDone(codec.open(key, parts), (token) => {
      if (token === undefined) throw notWithKey(context, kid);
      // The header is believed only now that it has been authenticated, so a rewritten `ctx` is
      // unreadable, and ERR_TOKEN_CONTEXT always means a genuine token in the wrong place.
      if (ctx !== here) throw moved(context, kid);
      return { token, kid };
    });
  });
}

function malformed({ sessionId, field }: TokenContext, sealed: unknown) {
  const kid = typeof sealed === 'string' ? headerOf(sealed)?.kid : undefined;
  return new TokenUnreadableError(
    `Session ${sessionId}: ${field} is damaged, cut short or tampered with and cannot be opened. ` +
      'See whether its column is wide enough; restore it, or delete the session.',
    { sessionId, field, kid },
  );
}

function notWithKey({ sessionId, field }: TokenContext, kid: string) {
  return new TokenUnreadableError(
    `Session ${sessionId}: ${field} cannot be opened with key "${kid}". Either it is damaged or tampered with, ` +
      'or the key ring has another key under the name of the one that sealed it: compare the fingerprints.',
    { sessionId, field, kid },
  );
}

function keyUnknown({ sessionId, field }: TokenContext, kid: string) {
  return new KeyUnknownError(
    `Session ${sessionId}: ${field} is sealed with key "${kid}", which is not in the key ring. Add that key back, last. If it is lost, ` +
      "so is what it sealed: see the option unreadable: 'forget'.",
    { sessionId, field, kid },
  );
}

function moved({ sessionId, field }: TokenContext, kid: string) {
  return new TokenContextError(
    `Session ${sessionId}: ${field} was sealed for another session, shop or field; it was moved here, ` +
      'or the id or shop of its row was changed. Find out by whom.',
    { sessionId, field, kid },
  );
}
