// Which modules a bundle's entry needs.

/**
 * @param {string} entry The path of a module.
 * @param {(id: string) => { readonly importedIds: readonly string[] } | null} getModuleInfo
 * @returns {ReadonlySet<string>} It and every module that it imports, directly or not.
 */
export function reachable(entry, getModuleInfo) {
  const found = new Set([entry]);
  for (const id of found) {
    for (const imported of getModuleInfo(id)?.importedIds ?? []) found.add(imported);
  }
  return found;
}
