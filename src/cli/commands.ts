// Every command, in the order in which the help lists them.
import type { Command } from './command.js';
import { copy } from './commands/copy.js';
import { deleteCommand } from './commands/delete.js';
import { inspect } from './commands/inspect.js';
import { keygen } from './commands/keygen.js';
import { keys } from './commands/keys.js';
import { list } from './commands/list.js';
import { rotate } from './commands/rotate.js';
import { status } from './commands/status.js';

export const commands: readonly Command[] = [
  keygen,
  keys,
  status,
  list,
  rotate,
  deleteCommand,
  copy,
  inspect,
];
