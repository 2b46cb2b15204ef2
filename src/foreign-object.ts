// Looks at objects of other packages and of the app, of which nothing is known.

/** Any object or function, whose members may be looked at one by one. */
export type Members = Readonly<Record<string, unknown>>;

/** Whether `value` can have members. */
export function hasMembers(value: unknown): value is Members {
  return (typeof value === 'object' && value !== null) || typeof value === 'function';
}

/** Whether every one of `names` is a method of `value`. */
export function hasMethods<Name extends string>(
  value: unknown,
  ...names: readonly Name[]
): value is Members & { readonly [N in Name]: (...values: never[]) => unknown } {
  return hasMembers(value) && names.every((name) => typeof value[name] === 'function');
}

/** `value[name]`; undefined if `value` cannot have members. */
export function memberOf(value: unknown, name: string): unknown {
  return hasMembers(value) ? value[name] : undefined;
}

/** Whether `value` is an error, of another realm too: under Jest, those of Node.js itself are. */
export function isError(value: unknown): value is Error {
  return value instanceof Error || /^\[object (?:Error|DOMException)\]$/.test(tagOf(value));
}

/** Whether `value` is a date, valid or not, of another realm too: under Jest, `structuredClone` makes such. */
export function isDate(value: unknown): value is Date {
  return value instanceof Date || tagOf(value) === '[object Date]';
}

function tagOf(value: unknown): string {
  return Object.prototype.toString.call(value);
}

/** The kind of a value for an error message, and nothing of its content. */
export function typeName(value: unknown): string {
  if (value === null) return 'null';
  if (value === undefined) return 'undefined';
  if (Array.isArray(value)) return 'an array';
  if (typeof value !== 'object') return `a ${typeof value}`;
  const name = memberOf(value.constructor, 'name');
  return typeof name === 'string' && /^\w+$/.test(name) && name !== 'Object'
    ? `an object of class ${name}`
    : 'an object';
}
