// The options of reencryptSessions, checked: a misspelt option must not silently do nothing.
import {
  callback,
  checkedOptions,
  flag,
  invalidOption,
  type OptionCheck,
  type OptionChecks,
  oneOf,
  text,
  wholeNumber,
} from '../checked-options.js';
import { memberOf } from '../foreign-object.js';
import { Keyring } from '../key-ring/index.js';
import { keyringOption } from '../key-ring/internal.js';
import type { SessionCatalog } from '../session-catalog.js';
import {
  type OpenLegacy,
  type SessionEncryptionMode,
  sessionEncryptionModes,
} from '../session-fields/index.js';
import type { ReencryptionCounts, SessionFinding } from './reencryption-report.js';
import { assertAtomic, assertCatalog, type RunOptions, runChecks } from './run-options.js';
import type { Shard } from './shard.js';

/** Options of {@link reencryptSessions}. */
export interface ReencryptionOptions extends RunOptions {
  /** The keys. Default: `Keyring.fromEnv()`. */
  readonly keyring?: Keyring | undefined;
  /**
   * `'strict'` (default): what an old key sealed is sealed with the primary key; plaintext tokens are
   * counted and left. `'migrate'`: plaintext is sealed as well. `'rollback'`: everything sealed is
   * stored as plaintext, the way out. The environment does not change the default.
   */
  readonly mode?: SessionEncryptionMode | undefined;
  /** In mode `migrate`, also seal plaintext user info. Default: `false`. */
  readonly userInfo?: boolean | undefined;
  /**
   * Opens a value that another encryption wrote, in modes `migrate` and `rollback`. In `migrate`,
   * plaintext that it does not know is then sealed only if it looks like a token of Shopify's.
   */
  readonly openLegacy?: OpenLegacy | undefined;
  /**
   * Sessions that are read a second, at most, 1 to 1,000,000: those that `shop` and `shard` leave out as well.
   * Default: as many as the store can do.
   */
  readonly rate?: number | undefined;
  /**
   * Only one of several equal parts of the store, such as `{ index: 1, count: 2 }` here and
   * `{ index: 2, count: 2 }` in another process at the same time. Default: all of it.
   */
  readonly shard?: Shard | undefined;
  /** Only the sessions of one shop, such as `a.myshopify.com`. Default: all shops. */
  readonly shop?: string | undefined;
  /**
   * Whether the app keeps sessions in other places as well, such as a second table: those may need a key that
   * these do not, so none is called removable. The command line finds out. Default: `false`.
   */
  readonly sessionsElsewhere?: boolean | undefined;
  /**
   * Called after each batch with the counts so far, which are alive: copy what is to be kept. It is
   * not awaited; one that throws harms nothing.
   */
  readonly onProgress?: ((counts: ReencryptionCounts) => void) | undefined;
  /**
   * Called for each session that the report would name, of which it keeps the first 1,000 of each outcome
   * only. A promise that it returns is awaited; one that throws harms nothing.
   */
  readonly onFinding?: ((finding: SessionFinding) => unknown) | undefined;
}

/** The options, checked and complete. */
export type ReencryptionSettings = ReturnType<typeof reencryptionSettings>;

/** @throws {OptionInvalidError} An option does not exist or is invalid, or `catalog` is not a catalog. */
export function reencryptionSettings(
  catalog: Pick<SessionCatalog<never>, 'atomic'>,
  options: ReencryptionOptions,
) {
  assertCatalog(catalog);
  const checked = checkedOptions('reencryptSessions', options, {
    ...runChecks,
    keyring: keyringOption,
    mode: oneOf(sessionEncryptionModes, 'strict'),
    userInfo: flag,
    openLegacy: callback<OpenLegacy>(),
    rate: wholeNumber(undefined, { from: 1, to: 1_000_000 }),
    shard,
    shop: text(undefined),
    sessionsElsewhere: flag,
    onProgress: callback<ReencryptionOptions['onProgress']>(),
    onFinding: callback<ReencryptionOptions['onFinding']>(),
  } satisfies OptionChecks<ReencryptionOptions>);
  const settings = { ...checked, keyring: checked.keyring ?? Keyring.fromEnv() };
  assertAtomic(catalog, settings);
  return settings;
}

const shard: OptionCheck<Shard | undefined> = (value, name) => {
  if (value === undefined) return undefined;
  const [index, count] = [memberOf(value, 'index'), memberOf(value, 'count')];
  if (isFrom1(count, 1000) && isFrom1(index, count)) return { index, count };
  throw invalidOption(name, '{ index, count } with 1 <= index <= count <= 1000', value);
};

function isFrom1(value: unknown, to: number): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= to;
}
