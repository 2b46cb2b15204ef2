// The option `keyring`, wherever one is taken.
import type { OptionCheck } from '../checked-options.js';
import { notKeyring } from './key-access.js';
import { Keyring } from './keyring.js';

export const keyringOption: OptionCheck<Keyring | undefined> = (value, name) => {
  if (value === undefined || value instanceof Keyring) return value;
  throw notKeyring(name, value);
};
