// Messages about sessions, for people: what is said of several sessions alike is one line.
import { formatCount } from './printable.js';

/** What is said of one session. */
export interface Message {
  /** Missing for a record that does not tell. */
  readonly sessionId?: string | undefined;
  readonly code?: string | undefined;
  readonly message: string;
}

interface Group {
  readonly code: string | undefined;
  /** As it was said of the first session. */
  readonly first: string;
  /** Without the session. */
  readonly message: string;
  readonly ids: string[];
  count: number;
}

/** How many sessions a line names. */
const namedAtMost = 3;
/** How many lines there are at most. */
const groupsAtMost = 20;

export class EqualMessages {
  readonly #groups = new Map<string, Group>();
  #others = 0;

  add({ sessionId, code, message }: Message): void {
    const prefix = `Session ${sessionId}: `;
    const said = message.startsWith(prefix) ? message.slice(prefix.length) : message;
    const key = `${code} ${said}`;
    let group = this.#groups.get(key);
    if (group === undefined) {
      if (this.#groups.size >= groupsAtMost) {
        this.#others++;
        return;
      }
      // A message that names no session needs its id before it.
      const isNamed = said !== message || sessionId === undefined || code !== undefined;
      const first = isNamed ? message : `${sessionId}: ${message}`;
      group = { code, first, message: said, ids: [], count: 0 };
      this.#groups.set(key, group);
    }
    group.count++;
    if (sessionId !== undefined && group.ids.length < namedAtMost) group.ids.push(sessionId);
  }

  /** How many sessions no line is about. */
  get others(): number {
    return this.#others;
  }

  get lines(): string[] {
    return [...this.#groups.values()].map(({ code, first, message, ids, count }) => {
      const start = code === undefined ? '' : `${code}: `;
      if (count === 1) return `${start}${first}`;
      const more = count > ids.length ? [`${formatCount(count - ids.length)} more`] : [];
      const named = ids.length === 0 ? '' : ` (${[...ids, ...more].join(', ')})`;
      return `${start}${formatCount(count)} sessions${named}: ${message}`;
    });
  }
}

/**
 * A title, what is said of sessions, and how many sessions there are besides.
 *
 * @param total Of sessions and damaged records: one message may be about several records.
 * @param further How many findings of any kind the report does not hold.
 */
export function describeMessages(
  title: string,
  messages: readonly Message[],
  total: number,
  further: number,
): string[] {
  if (total === 0) return [];
  const equal = new EqualMessages();
  for (const message of messages) equal.add(message);
  const more = Math.min(total - messages.length, further) + equal.others;
  return [
    `${title}:`,
    ...equal.lines.map((line) => `  ${line}`),
    ...(more > 0 ? [`  and ${formatCount(more)} more; --json names all`] : []),
  ];
}
