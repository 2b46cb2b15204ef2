// Writes sessions one by one: as lines, as CSV or as a JSON array.
import { OptionInvalidError } from '../index.js';
import type { Arguments } from './command.js';
import { printable } from './printable.js';
import type { ListedSession } from './session-selection.js';
import type { Terminal } from './terminal.js';

export interface ListWriter {
  begin(): Promise<void>;
  /** Writes one; resolves once there is room for more. */
  write(session: ListedSession): Promise<void>;
  end(): Promise<void>;
}

const csvColumns = ['id', 'shop', 'online', 'expires', 'kids', 'state', 'codes'] as const;

/** @throws {OptionInvalidError} Both --csv and --json are given. */
export function listWriter(given: Arguments, terminal: Terminal): ListWriter {
  if (given.flag('csv') && given.flag('json')) {
    throw new OptionInvalidError('Give --csv or --json, not both.');
  }
  const line = (text: string) => terminal.write(`${printable(text)}\n`);
  if (given.flag('json')) return jsonWriter(terminal);
  if (given.flag('csv')) {
    return {
      begin: () => line(csvColumns.join(',')),
      write: (session) => line(csvColumns.map((name) => csvField(session[name])).join(',')),
      end: async () => {},
    };
  }
  return {
    begin: async () => {},
    write: ({ id, shop, kids, state, codes }) =>
      line([id, shop, kids.join('+') || '-', state, ...codes].join('  ')),
    end: async () => {},
  };
}

function jsonWriter(terminal: Terminal): ListWriter {
  let before = '[';
  return {
    begin: async () => {},
    async write(session) {
      await terminal.write(`${before}\n  ${printable(JSON.stringify(session))}`);
      before = ',';
    },
    end: () => terminal.write(before === '[' ? '[]\n' : '\n]\n'),
  };
}

/** RFC 4180, section 2: in quotation marks, which are doubled within. */
function csvField(value: unknown): string {
  const text = Array.isArray(value) ? value.join(' ') : String(value ?? '');
  return `"${text.replaceAll('"', '""')}"`;
}
