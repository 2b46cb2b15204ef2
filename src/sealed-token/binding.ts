// What binds a token to its place: the `ctx` of the place, and the header that names it. Working them
// out takes as long as half of the cipher, and apps load the same few sessions again and again, so
// those of the last places are kept. None of it is secret, and no key is kept.

import type { SealingKey } from '../key-ring/internal.js';
import { contextOf, type TokenContext } from './context.js';
import { type WrittenHeader, writeHeader } from './header.js';

/** Of each field, between this number of places and twice as many are kept: half a kilobyte each. */
const KEPT = 500;

/** The binding of tokens in one place. */
export class Binding {
  readonly shop: string;
  readonly ctx: string;
  #header: WrittenHeader | undefined;

  constructor(place: TokenContext) {
    this.shop = place.shop;
    this.ctx = contextOf(place);
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

/** The places of one field that were asked for last, by session id. */
interface RecentPlaces {
  newer: Map<string, Binding>;
  older: Map<string, Binding>;
}

const recent = new Map<string, RecentPlaces>();

/** The binding of the tokens in a place. */
export function bindingOf(place: TokenContext): Binding {
  const { field, sessionId, shop } = place;
  let places = recent.get(field);
  if (places === undefined) {
    places = { newer: new Map(), older: new Map() };
    recent.set(field, places);
  }
  const known = places.newer.get(sessionId);
  if (known !== undefined && known.shop === shop) return known;
  const kept = places.older.get(sessionId);
  const binding = kept !== undefined && kept.shop === shop ? kept : new Binding(place);
  if (places.newer.size >= KEPT) {
    places.older = places.newer;
    places.newer = new Map();
  }
  places.newer.set(sessionId, binding);
  return binding;
}
