// One of several equal parts of a store, so that several runs share its sessions and never meet.

/** Part `index` of `count`. */
export interface Shard {
  /** From 1 to `count`. */
  readonly index: number;
  readonly count: number;
}

/** Whether a session belongs to a part. Which part it is depends on its id alone. */
export function isInShard(sessionId: string, { index, count }: Shard): boolean {
  return hashOf(sessionId) % count === index - 1;
}

/** FNV-1a with 32 bits, over UTF-16, and mixed once more: the last characters alone decide too little. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) {
    hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  return (hash ^ (hash >>> 13)) >>> 0;
}
