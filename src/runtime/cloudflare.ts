// Cloudflare Workers, where a request may not touch timers, signals and streams that another one made, and
// what a request began ends with it, unseen.

/** A class that no other runtime has, with Node's modules or without. */
export const isCloudflareWorkers = 'WebSocketPair' in globalThis;
