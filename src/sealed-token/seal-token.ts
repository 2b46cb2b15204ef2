// Seals a token with the primary key.

import { type Awaitable, whenDone } from '../awaitable.js';
import { SessionInvalidError } from '../errors.js';
import type { Keyring } from '../key-ring/index.js';
import { keysOf } from '../key-ring/internal.js';
import type { SealedTokenCodec } from './codec.js';
import { encodeContext, type TokenContext } from './context.js';

/** A token that was sealed just now, and the id of the key that sealed it. */
export interface SealedToken {
  readonly sealedToken: string;
  readonly kid: string;
}

// A surrogate without its other half has no UTF-8: it would be sealed as U+FFFD, another token.
const LONE_SURROGATE = /\p{Surrogate}/u;

export function sealWith(
  codec: SealedTokenCodec,
  keyring: Keyring,
  token: string,
  context: TokenContext,
): Awaitable<SealedToken> {
  const { sessionId, field } = context;
  if (LONE_SURROGATE.test(token)) {
    throw new SessionInvalidError(
      `Session ${sessionId}: ${field} is not well-formed Unicode: it has half of a surrogate pair.`,
      { sessionId, field },
    );
  }
  return whenDone(keysOf(keyring).forSealing(), ({ primary: key }) =>
    whenDone(codec.seal(key, token, encodeContext(context)), (sealedToken) => ({
      sealedToken,
      kid: key.kid,
    })),
  );
}
