// Where the Session class comes from, unless the app passes or stores one.

/** Loaders for `loadPackage`. */
export const shopifyApi = {
  '@shopify/shopify-api': async (): Promise<unknown> => {
    try {
      return await import('@shopify/shopify-api');
    } catch (error) {
      return Promise.reject(error);
    }
  },
};
