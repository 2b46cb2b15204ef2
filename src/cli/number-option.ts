// Options whose value is a number.
import { OptionInvalidError } from '../index.js';
import type { Arguments } from './command.js';

/** @throws {OptionInvalidError} The option is not a whole number within the bounds. */
export function wholeNumberOf(given: Arguments, name: string, to: number): number | undefined {
  const text = given.value(name);
  if (text === undefined) return undefined;
  const number = /^\d{1,9}$/.test(text) ? Number(text) : 0;
  if (number >= 1 && number <= to) return number;
  throw new OptionInvalidError(`--${name} must be a whole number from 1 to ${to}.`);
}
