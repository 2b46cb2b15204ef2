// Checks options, everywhere alike: a misspelt or invalid one must not silently do nothing.
import { OptionInvalidError } from './errors.js';
import { hasMembers, type Members, typeName } from './foreign-object.js';
import { longestTimeout } from './pause.js';

/**
 * Checks one option and completes it.
 *
 * @param value As given; `undefined` if it was left out.
 * @param name What errors call it, such as `deadline`.
 * @throws {OptionInvalidError} The value is invalid.
 */
export type OptionCheck<T> = (value: unknown, name: string) => T;

/** A check for each option of `Options`. */
export type OptionChecks<Options> = {
  readonly [Name in keyof Options]-?: OptionCheck<Options[Name]>;
};

/**
 * The options that `owner` was given, checked and with their defaults.
 *
 * @param owner The function or class, as errors name it.
 * @throws {OptionInvalidError} `given` is not an object of options, has one that does not exist, or one
 * that is invalid.
 */
export function checkedOptions<Options extends object>(
  owner: string,
  given: unknown,
  checks: OptionChecks<Options>,
): Options {
  const options = given === undefined ? {} : given;
  const names = Object.keys(checks);
  if (!hasMembers(options) || !mayBeOptions(options, names)) {
    throw new OptionInvalidError(
      `The options of ${owner} must be an object with options, but are ${typeName(options)}.`,
    );
  }
  const unknown = Object.keys(options).find((name) => !names.includes(name));
  if (unknown !== undefined) {
    throw new OptionInvalidError(
      `${owner} has no option ${shownName(unknown, names, options)}. It has: ${names.join(', ')}.`,
    );
  }
  const checked: Record<string, unknown> = {};
  for (const [name, check] of Object.entries<OptionCheck<unknown>>(checks)) {
    checked[name] = check(options[name], name);
  }
  return checked as Options;
}

/** One of a few words. */
export function oneOf<Word extends string, Default extends Word | undefined>(
  words: readonly Word[],
  byDefault: Default,
): OptionCheck<Word | Default> {
  const expected = words.map((word) => `'${word}'`).join(' or ');
  return (value, name) => {
    if (value === undefined) return byDefault;
    const found = words.find((word) => word === value);
    if (found === undefined) {
      const isNear = typeof value === 'string' && nearest(value, words) !== undefined;
      if (isNear) throw new OptionInvalidError(`${name} must be ${expected}, but is "${value}".`);
      throw invalidOption(name, expected, value);
    }
    return found;
  };
}

/** What `isAccepted` says yes to, or the default. */
export function accepted<T, Default = undefined>(
  isAccepted: (value: unknown) => value is T,
  expected: string,
  byDefault?: Default,
): OptionCheck<T | Default> {
  return (value, name) => {
    if (value === undefined) return byDefault as Default;
    if (!isAccepted(value)) throw invalidOption(name, expected, value);
    return value;
  };
}

/** `true` or `false`; `false` by default. */
export const flag: OptionCheck<boolean> = accepted(
  (value) => typeof value === 'boolean',
  'true or false',
  false,
);

/** Text that is not empty. */
export function text<Default extends string | undefined>(
  byDefault: Default,
): OptionCheck<string | Default> {
  const isFilled = (value: unknown): value is string => typeof value === 'string' && value !== '';
  return accepted(isFilled, 'text that is not empty', byDefault);
}

/** A whole number within bounds, both included. */
export function wholeNumber<Default extends number | undefined>(
  byDefault: Default,
  { from, to }: { readonly from: number; readonly to: number },
): OptionCheck<number | Default> {
  const isWithin = (value: unknown): value is number =>
    typeof value === 'number' && Number.isInteger(value) && value >= from && value <= to;
  return accepted(isWithin, `a whole number from ${from} to ${to}`, byDefault);
}

/** A time in whole milliseconds, above 0, that a timer can wait for. */
export function milliseconds(byDefault: number): OptionCheck<number> {
  return wholeNumber(byDefault, { from: 1, to: longestTimeout });
}

/** A function, or nothing. */
export function callback<Callback>(): OptionCheck<Callback | undefined> {
  return accepted((value): value is Callback => typeof value === 'function', 'a function');
}

/** The error for an invalid option. Only a number is repeated: text may be a secret in the wrong place. */
export function invalidOption(name: string, expected: string, value: unknown): OptionInvalidError {
  const given =
    typeof value === 'number'
      ? String(value)
      : typeof value === 'string'
        ? `${value === '' ? 'empty' : 'other'} text`
        : typeName(value);
  return new OptionInvalidError(`${name} must be ${expected}, but is ${given}.`);
}

/** @throws {OptionInvalidError} An argument is not text. */
export function assertText(value: unknown, name: string): asserts value is string {
  if (typeof value !== 'string') throw invalidOption(name, 'text', value);
}

/** @throws {OptionInvalidError} An argument is not a list of texts. */
export function assertTexts(value: unknown, name: string): asserts value is string[] {
  if (!Array.isArray(value)) throw invalidOption(name, 'a list of texts', value);
  for (const one of value) assertText(one, `each of ${name}`);
}

/**
 * The one of `names` that `given` is meant to be: it differs in case or in one or two characters.
 */
export function nearest(given: string, names: readonly string[]): string | undefined {
  const plain = (name: string) => name.toLowerCase().replaceAll(/[-_]/g, '');
  const exact = names.find((name) => plain(name) === plain(given));
  return exact ?? names.find((name) => name.length > 3 && isWithinTwoEdits(given, name));
}

/** A name is repeated only if it is one of ours gone wrong: anything else may be a secret in the wrong place. */
function shownName(unknown: string, names: readonly string[], options: Members): string {
  const meant = nearest(unknown, names);
  if (meant !== undefined) return `${JSON.stringify(unknown)}: ${meant} is meant, perhaps`;
  return `of that name (number ${Object.keys(options).indexOf(unknown) + 1} of those given)`;
}

/** Whether two characters or fewer have to be added, removed or replaced to make one text the other. */
function isWithinTwoEdits(one: string, other: string): boolean {
  if (Math.abs(one.length - other.length) > 2) return false;
  let distances = Array.from({ length: other.length + 1 }, (_, length) => length);
  for (const [row, character] of [...one].entries()) {
    const next = [row + 1];
    for (const [column, expected] of [...other].entries()) {
      const replaced = (distances[column] ?? 0) + (character === expected ? 0 : 1);
      next.push(Math.min(replaced, (next[column] ?? 0) + 1, (distances[column + 1] ?? 0) + 1));
    }
    distances = next;
  }
  return (distances.at(-1) ?? Infinity) <= 2;
}

/**
 * Whether `value` is an object literal, or an object of a class that has one of the options. A list,
 * a Map or what belongs into an option (a key ring, a client) would silently be no options at all.
 */
function mayBeOptions(value: object, names: readonly string[]): boolean {
  if (typeof value !== 'object' || Array.isArray(value)) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  const isLiteral = prototype === null || Object.getPrototypeOf(prototype) === null;
  return isLiteral || names.some((name) => name in value);
}
