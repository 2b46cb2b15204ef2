// Under which keys the records stand.
import { sha256 } from '../runtime/sha256.js';

/** What every key starts with unless the app says otherwise. */
export const defaultPrefix = 'shopify-session';

/** `@keyv/postgres` and others have 255 characters for a key; the prefix takes some of them. */
const longestName = 180;

/** The keys of one set of sessions in a store. */
export class RecordKeys {
  readonly #prefix: string;

  /**
   * @param prefix What every key starts with; the default suits one app per database or namespace.
   * @param namespace The Keyv's namespace. Keyv 5 calls its default `keyv` and Keyv 6 has none:
   * both mean none here, so that an upgrade finds its records again.
   * @param ofClient What the store's client puts before every key, and so before all of that.
   */
  constructor(prefix: string | undefined, namespace: string | undefined, ofClient = '') {
    const space =
      namespace === undefined || namespace === '' || namespace === 'keyv' ? '' : `${namespace}:`;
    this.#prefix = `${ofClient}${space}${prefix ?? defaultPrefix}`;
  }

  /** What the keys of all sessions' records start with. */
  get sessionPrefix(): string {
    return `${this.#prefix}:id:`;
  }

  /** The key of a session's record. */
  session(id: string): string {
    return `${this.sessionPrefix}${nameOf(id)}`;
  }

  /** The key of a shop's index. */
  shop(shop: string): string {
    return `${this.#prefix}:shop:${nameOf(shop)}`;
  }
}

/**
 * `text` as part of a key: the characters of Shopify's ids as they are, others escaped (a `::` would
 * mislead Keyv's Redis adapter), and what is too long for a column by its hash.
 */
function nameOf(text: string): string {
  if (text.length <= longestName && /^[\w.-]*$/.test(text)) return text;
  // Not encodeURIComponent, which refuses half of a surrogate pair.
  const escaped = JSON.stringify(text)
    .slice(1, -1)
    .replace(/[^\w.-]/gu, (character) => `~${character.codePointAt(0)?.toString(16)}~`);
  return escaped.length <= longestName ? escaped : hashOf(text);
}

function hashOf(text: string): string {
  const digest = sha256(new TextEncoder().encode(JSON.stringify(text)));
  const hex = Array.from(digest, (byte) => byte.toString(16).padStart(2, '0'));
  return `sha256~${hex.join('')}`;
}

/**
 * The shop of a session, going by the ids that shopify-api makes: `offline_{shop}` and
 * `{shop}_{user}`. Where an id is another, the shop's index is read once its record says which it is.
 */
export function likelyShopOf(id: string): string {
  return id.startsWith('offline_') ? id.slice('offline_'.length) : id.replace(/_[^_]*$/, '');
}
