// Progress: a bar with rate and time left on a terminal, a plain line now and then elsewhere.
import { formatCount } from './printable.js';
import type { Terminal } from './terminal.js';

const redrawEvery = 100;
const lineEvery = 5_000;
const widestBar = 24;

export class Progress {
  readonly #terminal: Terminal;
  readonly #label: string;
  #total: number | undefined;
  readonly #start = performance.now();
  readonly #timer: NodeJS.Timeout;
  #done = 0;

  /**
   * @param label What is being done, such as `Re-encrypting`.
   * @param total How many sessions there are, about; without it there is no bar and no time left.
   */
  constructor(terminal: Terminal, label: string, total?: number) {
    this.#terminal = terminal;
    this.#label = label;
    this.#total = total;
    // By the clock, so that a store that does not answer shows, too.
    const { isTTY } = terminal.screen;
    this.#timer = isTTY
      ? setInterval(() => this.#draw(), redrawEvery)
      : setInterval(() => terminal.say(this.#line()), lineEvery);
    this.#timer.unref();
  }

  /** @param done How many sessions are done with. */
  update(done: number): void {
    this.#done = done;
  }

  /** Leaves a last line: without an estimate, if all was done. */
  end(isComplete: boolean): void {
    if (isComplete) this.#total = undefined;
    clearInterval(this.#timer);
    if (this.#terminal.screen.isTTY) this.#terminal.screen.write('\r\u001b[K');
    this.#terminal.say(this.#line());
  }

  #draw(): void {
    // Some terminals report none.
    const columns = this.#terminal.screen.columns || 80;
    const line = this.#line();
    const drawn = `${this.#bar(columns - line.length - 4)}${line}`.slice(0, columns - 1);
    this.#terminal.screen.write(`\r${drawn}\u001b[K`);
  }

  /** As wide as there is room for beside the numbers, which matter more. */
  #bar(room: number): string {
    const width = Math.min(widestBar, room);
    if (this.#total === undefined || width < 4) return '';
    const filled = Math.round(width * this.#share(this.#total));
    return `[${'#'.repeat(filled)}${'-'.repeat(width - filled)}] `;
  }

  #line(): string {
    const seconds = (performance.now() - this.#start) / 1000;
    const rate = this.#done / Math.max(seconds, 0.001);
    const parts = [`${this.#label}: ${formatCount(this.#done)}${this.#ofTotal()}`];
    parts.push(`${formatRate(rate)}/s`);
    if (this.#total !== undefined && this.#total > this.#done && this.#done > 0) {
      parts.push(`${duration((this.#total - this.#done) / rate)} left`);
    } else {
      parts.push(duration(seconds));
    }
    return parts.join(', ');
  }

  #ofTotal(): string {
    if (this.#total === undefined || this.#total < this.#done)
      return this.#done === 1 ? ' session' : ' sessions';
    const percent = Math.floor(100 * this.#share(this.#total));
    return ` of about ${formatCount(this.#total)} sessions (${percent} %)`;
  }

  #share(total: number): number {
    return total <= 0 ? 1 : Math.min(1, this.#done / total);
  }
}

/** With a decimal where it is small: a slow store is not one that stands still. */
function formatRate(rate: number): string {
  return rate < 10 ? String(Math.round(rate * 10) / 10) : formatCount(Math.round(rate));
}

function duration(seconds: number): string {
  if (seconds > 0 && seconds < 0.05) return 'under 0.1 s';
  if (seconds < 10) return `${Math.round(seconds * 10) / 10} s`;
  const rounded = Math.round(seconds);
  if (rounded < 120) return `${rounded} s`;
  const minutes = Math.floor(rounded / 60);
  if (minutes < 10) return `${minutes} min ${rounded % 60} s`;
  return minutes < 60 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
