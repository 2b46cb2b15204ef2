// How one field of a stored session stands, as far as a report counts it.
import type { FieldState } from '../session-fields/index.js';

/** The key that a field needs, as far as it can be told. */
export function kidOf(state: FieldState): string | undefined {
  if (state.state === 'sealed') return state.kid;
  return state.state === 'unreadable' ? state.error.kid : undefined;
}

/** The key that a field was authentic under; a token that was moved is. */
export function provenKidOf(state: FieldState): string | undefined {
  if (state.state === 'sealed') return state.kid;
  return isUnreadable(state) && state.error.code === 'ERR_TOKEN_CONTEXT'
    ? state.error.kid
    : undefined;
}

/** Whether a field cannot be opened or, as it would be stored, cannot be sealed. */
export function isUnreadable(
  state: FieldState,
): state is Extract<FieldState, { readonly state: 'unreadable' }> {
  return state.state === 'unreadable';
}
