// The flows of apps on shopify-api 1 to 5, and the storages that those releases bring.
import { type LegacyShopify, legacyLibraries } from './legacy-libraries.js';

export type Release = keyof typeof legacyLibraries;

export const releases = Object.keys(legacyLibraries) as Release[];

/** Each makes an empty storage of the library. */
export const legacyStorages = {
  MemorySessionStorage: ({ Session }: LegacyShopify) => {
    const storage = new Session.MemorySessionStorage();
    return { storage, contents: () => JSON.stringify(storage) };
  },
  'CustomSessionStorage over JSON': ({ Session }: LegacyShopify) => {
    const texts = new Map<string, string>();
    const storage = new Session.CustomSessionStorage(
      async (session) => Boolean(texts.set(session.id, JSON.stringify(session))),
      async (id) => JSON.parse(texts.get(id) ?? 'null') ?? undefined,
      async (id) => texts.delete(id),
      async (ids) => ids.map((id) => texts.delete(id)).every(Boolean),
      async (shop) => [...texts.values()].map((t) => JSON.parse(t)).filter((s) => s.shop === shop),
    );
    return { storage, contents: () => JSON.stringify([...texts]) };
  },
};

export type LegacyStorage = keyof typeof legacyStorages;

export const legacyStorageNames = Object.keys(legacyStorages) as LegacyStorage[];

/** By name, whether the session is an online one. */
export const legacyFlows = {
  'OAuth, offline, and uninstalling': false,
  'OAuth, online, and logging out': true,
} as const;
