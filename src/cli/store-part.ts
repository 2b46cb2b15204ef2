// --shard and --shop: a part of the store, and about how many sessions that is.
import { OptionInvalidError, type Shard } from '../index.js';
import type { Catalog } from './catalog.js';
import type { Arguments, CommandOption } from './command.js';
import { shopOf } from './shop-option.js';

export interface StorePart {
  readonly shard: Shard | undefined;
  readonly shop: string | undefined;
}

export const storePartOptions: Readonly<Record<string, CommandOption>> = {
  shard: {
    value: 'I/N',
    help: ['Only part I of N, such as 1/2 here and 2/2 in another process at the same time.'],
  },
  shop: { value: 'SHOP', help: ['Only the sessions of one shop, such as a.myshopify.com.'] },
};

/** @throws {OptionInvalidError} --shard is not such as 1/2, or --shop is not a domain. */
export function storePartOf(given: Arguments): StorePart {
  return { shard: shardOf(given.value('shard')), shop: shopOf(given) };
}

/**
 * About how many sessions there are in it; undefined where the store cannot tell cheaply. It is asked in any
 * case, so that it has answered before a command listens to signals.
 */
export async function estimateOf(
  catalog: Catalog,
  { shard, shop }: StorePart,
): Promise<number | undefined> {
  let total = 0;
  try {
    total = (await catalog.estimateSessions?.()) ?? 0;
  } catch {
    // For progress only: whatever goes wrong, the run itself will meet it and say it.
  }
  if (shop !== undefined || !(total > 0) || !Number.isFinite(total)) return undefined;
  return Math.ceil(total / (shard?.count ?? 1));
}

function shardOf(text: string | undefined): Shard | undefined {
  if (text === undefined) return undefined;
  const [, index = 0, count = 0] = (/^(\d{1,4})\/(\d{1,4})$/.exec(text) ?? []).map(Number);
  if (index >= 1 && index <= count && count <= 1000) return { index, count };
  throw new OptionInvalidError('--shard must be such as 1/2: part 1 of 2, of up to 1000.');
}
