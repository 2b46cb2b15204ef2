// --shop: the domain of a shop, as sessions have it.
import { OptionInvalidError } from '../index.js';
import type { Arguments } from './command.js';

/** @throws {OptionInvalidError} It is not a domain, so that no session would have it. It is not repeated. */
export function shopOf(given: Arguments): string | undefined {
  const shop = given.value('shop');
  if (shop === undefined || /^[\w.-]+$/.test(shop)) return shop;
  throw new OptionInvalidError(
    '--shop must be the domain of a shop and nothing around it, such as a.myshopify.com.',
  );
}
