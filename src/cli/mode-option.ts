// The mode, as the app has it: from --mode, else from SESSION_ENCRYPTION_MODE.
import {
  OptionInvalidError,
  type SessionEncryptionMode,
  sessionEncryptionModes,
} from '../index.js';
import type { Arguments } from './command.js';

/** @throws {OptionInvalidError} It is not one of the three. */
export function modeOf(given: Arguments): SessionEncryptionMode {
  const option = given.value('mode');
  const [name, value] =
    option === undefined
      ? ['SESSION_ENCRYPTION_MODE', process.env.SESSION_ENCRYPTION_MODE?.trim() || 'strict']
      : ['--mode', option];
  const mode = sessionEncryptionModes.find((known) => known === value);
  if (mode === undefined) {
    throw new OptionInvalidError(`${name} must be ${sessionEncryptionModes.join(', or ')}.`);
  }
  return mode;
}
