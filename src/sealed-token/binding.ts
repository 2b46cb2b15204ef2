// What binds a token to its place: the `ctx` of the place, and the header that names it. Working them
// out takes a good part of the cipher's time, and apps load the same few sessions again and again, so
// those of places that are asked for often are kept. None of it is secret, and no key is kept.

import type { SealingKey } from '../key-ring/internal.js';
import { contextOf, type TokenContext } from './context.js';
import { type WrittenHeader, writeHeader } from './header.js';

/** Of each field, between this number of places and twice as many are kept: half a kilobyte each. */
const KEPT = 500;

/**
 * One in so many places is kept when it is asked for. Those asked for often soon are; going through
 * a million sessions once, which would cost the garbage collector more than it saves, keeps few.
 */
const KEPT_ONE_IN = 8;

/** The binding of tokens in one place. */
export class Binding {
  readonly sessionId: string;
  readonly shop: string;
  readonly ctx: string;
  #header: WrittenHeader | undefined;

  constructor(place: TokenContext) {
    this.sessionId = place.sessionId;
    this.shop = place.shop;
    this.ctx = contextOf(place);
  }

  /** Whether this is the binding of a place, of the same field. */
  isOf({ sessionId, shop }: TokenContext): boolean {
    return this.sessionId === sessionId && this.shop === shop;
  }

  /** The header of the last token that was sealed or opened here. */
  get lastHeader(): WrittenHeader | undefined {
    return this.#header;
  }

  /** The header of a token that `key` seals here. */
  headerUnder(key: SealingKey): WrittenHeader {
    const last = this.#header;
    if (last !== undefined && last.kid === key.kid && last.enc === key.enc) return last;
    const header = writeHeader(key, this.ctx);
    this.#header = header;
    return header;
  }
}

/** What is kept of one field, by session id. */
interface KnownPlaces {
  /** The last place: a token that is re-sealed needs it twice. */
  last: Binding;
  newer: Map<string, Binding>;
  older: Map<string, Binding>;
}

const knownPlaces = new Map<string, KnownPlaces>();

/** The binding of the tokens in a place. */
export function bindingOf(place: TokenContext): Binding {
  const { field } = place;
  const known = knownPlaces.get(field);
  if (known === undefined) {
    const last = new Binding(place);
    knownPlaces.set(field, { last, newer: new Map(), older: new Map() });
    return last;
  }
  if (!known.last.isOf(place)) known.last = find(known, place);
  return known.last;
}

function find(known: KnownPlaces, place: TokenContext): Binding {
  const { sessionId } = place;
  const recent = known.newer.get(sessionId);
  if (recent?.isOf(place)) return recent;
  const earlier = known.older.get(sessionId);
  if (earlier?.isOf(place)) return keep(known, earlier);
  const binding = new Binding(place);
  return Math.random() * KEPT_ONE_IN < 1 ? keep(known, binding) : binding;
}

function keep(known: KnownPlaces, binding: Binding): Binding {
  if (known.newer.size >= KEPT) {
    known.older = known.newer;
    known.newer = new Map();
  }
  known.newer.set(binding.sessionId, binding);
  return binding;
}
