// @shopify/shopify-app-session-storage-memory
import { MemorySessionStorage } from '@shopify/shopify-app-session-storage-memory';
import { type Backend, officialCapabilities } from '../backend.js';

export const officialMemory: Backend = {
  name: 'official memory',
  server: undefined,
  capabilities: {
    ...officialCapabilities,
    processes: false,
    // It keeps and hands out the very objects that the app holds, in an object literal.
    copies: false,
    anyId: false,
    exactFields: true,
  },
  create: async () => ({}),
  async connect() {
    const storage = new MemorySessionStorage();
    return {
      storage,
      raw: async () => JSON.stringify(Object.values(storage['sessions'])),
      close: async () => {},
    };
  },
  drop: async () => {},
};
