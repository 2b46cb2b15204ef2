// The packages that `openSessionStorage` uses, each for some URLs only.

/** Loaders for `loadPackage`. */
export const drivers = {
  pg: async (): Promise<unknown> => {
    try {
      return await import('pg');
    } catch (error) {
      return Promise.reject(error);
    }
  },
  'mysql2/promise': async (): Promise<unknown> => {
    try {
      return await import('mysql2/promise');
    } catch (error) {
      return Promise.reject(error);
    }
  },
  redis: async (): Promise<unknown> => {
    try {
      return await import('redis');
    } catch (error) {
      return Promise.reject(error);
    }
  },
  libsql: async (): Promise<unknown> => {
    try {
      return await import('libsql');
    } catch (error) {
      return Promise.reject(error);
    }
  },
};
