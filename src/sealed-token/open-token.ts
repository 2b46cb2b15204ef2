// Opens a sealed token. The order of the checks decides the error: form, key, authenticity, place.

import { KeyUnknownError, TokenContextError, TokenUnreadableError } from '../errors.js';
import type { Keyring } from '../key-ring/index.js';
import { keysOf } from '../key-ring/internal.js';
import { bindingOf } from './binding.js';
import type { SealedTokenCodec } from './codec.js';
import type { TokenContext } from './context.js';
import { parseExpectedToken, parseSealedToken } from './format.js';
import type { SealedTokenHeader } from './header.js';

/** A token that was sealed for the place it was found in, and the id of the key that sealed it. */
export interface OpenedToken {
  readonly token: string;
  readonly kid: string;
}

export function openWith(
  codec: SealedTokenCodec,
  keyring: Keyring,
  sealed: string,
  context: TokenContext,
): OpenedToken | Promise<OpenedToken> {
  if (typeof sealed !== 'string') throw unreadable(context, undefined);
  const binding = bindingOf(context);
  const keys = keysOf(keyring);
  const parts =
    parseExpectedToken(sealed, binding, keys.current().byKid.values()) ?? parseSealedToken(sealed);
  if (parts === undefined) throw unreadable(context, undefined);
  const { header } = parts;
  const key = keys.find(header.kid);
  if (key === undefined) throw keyUnknown(context, header.kid);
  if (key.enc !== header.enc) throw unreadable(context, header.kid);
  const opened = codec.open(key, parts);
  return opened instanceof Promise
    ? opened.then((token) => checked(token, header, binding.ctx, context))
    : checked(opened, header, binding.ctx, context);
}

// The header is believed only now that it has been authenticated, so a rewritten `ctx` is
// unreadable, and ERR_TOKEN_CONTEXT always means a genuine token in the wrong place.
function checked(
  token: string | undefined,
  { kid, ctx }: SealedTokenHeader,
  expectedCtx: string,
  context: TokenContext,
): OpenedToken {
  if (token === undefined) throw unreadable(context, kid);
  if (ctx !== expectedCtx) throw moved(context, kid);
  return { token, kid };
}

function unreadable(context: TokenContext, kid: string | undefined): TokenUnreadableError {
  return new TokenUnreadableError(
    `${place(context)} is damaged, cut short or tampered with and cannot be opened.`,
    { ...where(context), kid },
  );
}

function keyUnknown(context: TokenContext, kid: string): KeyUnknownError {
  return new KeyUnknownError(
    `${place(context)} is sealed with key "${kid}", which is not in the key ring. Add that key back as a decrypt-only key.`,
    { ...where(context), kid },
  );
}

function moved(context: TokenContext, kid: string): TokenContextError {
  return new TokenContextError(
    `${place(context)} was sealed for another session, shop or field; it was moved here.`,
    { ...where(context), kid },
  );
}

function place({ sessionId, field }: TokenContext): string {
  return `Session ${sessionId}: ${field}`;
}

function where({ sessionId, field }: TokenContext): { sessionId: string; field: string } {
  return { sessionId, field };
}
