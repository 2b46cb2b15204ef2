// Writes sessions one by one: as lines, as CSV or as a JSON array.
import { OptionInvalidError } from '../index.js';
import type { Arguments, CommandOption } from './command.js';
import { printable } from './printable.js';
import type { ListedSession } from './session-selection.js';
import type { Terminal } from './terminal.js';

export interface ListWriter {
  begin(): Promise<void>;
  /** Writes one; resolves once there is room for more. */
  write(session: ListedSession): Promise<void>;
  end(): Promise<void>;
}

export const csvOption: Readonly<Record<string, CommandOption>> = {
  csv: {
    help: [
      "Writes CSV (RFC 4180), with a header. A cell that starts with =, +, -, @ or ' has one ' more in",
      'front, so that no spreadsheet runs it: take that off to have the value, or use --json. Where some',
      'spreadsheets begin a new cell, at ; and tabs, \\u003b and \\u0009 stand for them.',
    ],
  },
};

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
    // Not part of the list, of which every line is a session.
    begin: async () => terminal.say('id  shop  keys  state'),
    write: ({ id, shop, kids, state, codes }) =>
      line([id, shop || '-', kids.join('+') || '-', state, ...codes].join('  ')),
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

/**
 * RFC 4180, section 2: in quotation marks, which are doubled within. What spreadsheets would run as a
 * formula gets an apostrophe, as https://owasp.org/www-community/attacks/CSV_Injection says. So does what
 * starts with one, so that the first can be taken off again. Tabs and line ends are escaped in every line
 * that is printed; semicolons are here, since to some spreadsheets they end a cell.
 */
function csvField(value: unknown): string {
  const text = Array.isArray(value) ? value.join(' ') : String(value ?? '');
  const shown = /^[=+\-@＝＋－＠']/.test(text) ? `'${text}` : text;
  return `"${shown.replaceAll('"', '""').replaceAll(';', '\\u003b')}"`;
}
