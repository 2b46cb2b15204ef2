// Writes a report as JSON while it is being made: the sessions that it names are written one by one
// as they are found, so that a long list takes no memory.
import { printable, printableJson } from './printable.js';
import type { Terminal } from './terminal.js';

export class JsonReport {
  readonly #terminal: Terminal;
  readonly #head: object;
  #findings = 0;

  /** @param head Members that are known from the start, at least one. */
  constructor(terminal: Terminal, head: object) {
    this.#terminal = terminal;
    this.#head = head;
  }

  /** Writes one session; resolves once there is room for more. */
  add(finding: object): Promise<void> {
    const before = this.#findings++ === 0 ? this.#opening() : ',';
    return this.#terminal.write(`${before}\n    ${printable(JSON.stringify(finding))}`);
  }

  /** Writes all else. */
  async end(rest: object): Promise<void> {
    const list = this.#findings === 0 ? `${this.#opening()}]` : '\n  ]';
    await this.#terminal.write(`${list},${printableJson(rest).slice(1)}\n`);
  }

  #opening(): string {
    return `${printableJson(this.#head).slice(0, -2)},\n  "findings": [`;
  }
}
