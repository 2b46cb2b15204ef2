// Says that two types are the same, for the compiler to check.

type Same<A, B> =
  (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;

/** Compiles only if the type of `value` is exactly `Expected`: `expectType<string>()(value, true)`. */
export function expectType<Expected>(): <Actual>(
  value: Actual,
  same: Same<Actual, Expected>,
) => void {
  return () => {};
}
