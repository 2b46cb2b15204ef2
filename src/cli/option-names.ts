// What the options that go with the name of a store are called.

/** Those of `--store` have no prefix. */
export function optionNames(store: string) {
  const prefix = store === 'store' ? '' : `${store}-`;
  return { layout: `${prefix}layout`, table: `${prefix}table`, catalog: `${prefix}catalog` };
}
