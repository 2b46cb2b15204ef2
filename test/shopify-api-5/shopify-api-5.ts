// shopify-api 5, and its types as tests use them.
import { loadLegacyLibrary } from '../flows/legacy-libraries.js';

/** The library of shopify-api 5, with its process-wide `Shopify.Context`. */
export const Shopify = loadLegacyLibrary('shopify-api 5.3');

/** A session as shopify-api 5 has it. */
export type LegacySession = InstanceType<typeof Shopify.Session.Session>;

/** What `Shopify.Context.initialize` takes as `SESSION_STORAGE`. */
export type LegacySessionStorage = NonNullable<
  Parameters<typeof Shopify.Context.initialize>[0]['SESSION_STORAGE']
>;
