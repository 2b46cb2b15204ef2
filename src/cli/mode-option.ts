// The mode, as the app has it: from --mode, else from SESSION_ENCRYPTION_MODE.
import { modeFrom, modeFromEnvironment } from '../encrypted-session-storage/options.js';
import type { SessionEncryptionMode } from '../index.js';
import type { Arguments } from './command.js';

/** @throws {OptionInvalidError} It is not one of the three. */
export function modeOf(given: Arguments): SessionEncryptionMode {
  const option = given.value('mode');
  return option === undefined ? modeFromEnvironment() : modeFrom(option, '--mode');
}
