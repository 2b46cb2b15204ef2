// Node's own modules, without a static `node:` import: the same build must load on runtimes that
// have none (Cloudflare Workers) and pass bundlers that refuse them.

interface Builtins {
  'node:buffer': typeof import('node:buffer');
  'node:crypto': typeof import('node:crypto');
  'node:events': typeof import('node:events');
  'node:fs': typeof import('node:fs');
  /** From Node 22.13 on; the types of Node 20 do not know it. */
  'node:sqlite': unknown;
  'node:v8': typeof import('node:v8');
}

/** A module of Node, or `undefined` on a runtime without it. Synchronous: Node 20.16 and 22.3 up. */
export function nodeBuiltin<Name extends keyof Builtins>(name: Name): Builtins[Name] | undefined {
  // Next's edge sandbox has a `process` that throws as soon as a member it lacks is read.
  if ('EdgeRuntime' in globalThis) return undefined;
  const { process } = globalThis as { process?: { getBuiltinModule?(id: string): unknown } };
  return process?.getBuiltinModule?.(name) as Builtins[Name] | undefined;
}
