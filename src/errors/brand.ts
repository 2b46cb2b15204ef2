// Recognises what another copy of this package made in the same process, such as the app's own beside one
// in a bundle or in a global installation. Each copy has its own classes; a registered symbol is one for all.

type Kind = 'error' | 'keyring' | 'wrapper';

/** A symbol: nothing that is read from a store or from the network can have a member of this name. */
const brandOf = (kind: Kind) => Symbol.for(`shopify-app-session-storage-encrypted/${kind}`);

/** Marks what this copy made, without a trace where it is logged, compared or copied. */
export function brand(made: object, kind: Kind): void {
  Object.defineProperty(made, brandOf(kind), { value: true });
}

/** Whether any copy of this package made `value`. */
export function isBranded(value: unknown, kind: Kind): boolean {
  return typeof value === 'object' && value !== null && Reflect.get(value, brandOf(kind)) === true;
}
