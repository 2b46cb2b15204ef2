// The list of sealed fields with two more that no storage knows: a token, and something about the
// staff member. Used in a `vi.mock('../../src/sealed-fields.js', …)`.
import type { SealedField } from '../../src/sealed-fields.js';

/** A token of a later release of shopify-api, in a property and a column of its own. */
export const moreToken = { name: 'deviceToken', column: 'deviceToken', isUserInfo: false };
export const moreUserInfo = {
  name: 'onlineAccessInfo.associated_user.job_title',
  column: 'jobTitle',
  isUserInfo: true,
};

export async function withTwoMoreFields(
  original: () => Promise<unknown>,
): Promise<{ sealedFields: readonly SealedField[] }> {
  const { sealedFields } = (await original()) as { sealedFields: readonly SealedField[] };
  return { sealedFields: [...sealedFields, moreToken, moreUserInfo] };
}

/** Whether a stored value is sealed. */
export const isSealed = (value: unknown): boolean =>
  typeof value === 'string' && value.startsWith('eyJhbGciOiJkaXIi');
