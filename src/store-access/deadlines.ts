// Ends calls at their deadline, with one timer and one abort signal for calls that start together.
import { nodeBuiltin } from '../runtime/node-builtins.js';

/** Many commands listen to one signal; Node would warn of a leak from ten on. */
const setMaxListeners = nodeBuiltin('node:events')?.setMaxListeners;

/** A timer that is to wait longer ends at once. */
const longestTimeout = 2 ** 31 - 1;

/** When each signal is due, as the clock on the wall shows it. */
const dueTimes = new WeakMap<AbortSignal, number>();

/**
 * When the time of a call is up, in milliseconds since the epoch: for what compares that with a clock itself.
 *
 * @param signal That of the call.
 */
export function dueTime(signal: AbortSignal): number {
  return dueTimes.get(signal) ?? Number.POSITIVE_INFINITY;
}

/** The deadline of one call. */
export interface Deadline {
  /** Aborted when the time is up. What was not sent by then must not be sent any more. */
  readonly signal: AbortSignal;
  /** The call has ended. */
  end(): void;
}

/** Calls that end together. */
interface Group {
  readonly controller: AbortController;
  readonly callers: Set<() => void>;
  readonly timer: ReturnType<typeof setTimeout>;
  readonly openUntil: number;
}

export class Deadlines {
  readonly #milliseconds: number;
  #group: Group | undefined;

  constructor(milliseconds: number) {
    this.#milliseconds = milliseconds;
  }

  /**
   * Starts the deadline of a call. Calls that start within a hundredth of the deadline share a timer
   * and a signal, and so have up to that much more time: making new ones for each takes longer than
   * the rest of a call to Redis.
   *
   * @param onLate Called when the time is up, after `signal` was aborted and what was not sent has
   * had time to say so.
   */
  start(onLate: () => void): Deadline {
    const now = performance.now();
    let group = this.#group;
    if (group === undefined || now >= group.openUntil || group.controller.signal.aborted) {
      group = this.#newGroup(now);
    } else if (group.callers.size === 0) {
      setReferenced(group.timer, true);
    }
    const { callers, controller, timer } = group;
    callers.add(onLate);
    const end = () => {
      callers.delete(onLate);
      // The timer alone must not keep the process alive.
      if (callers.size === 0) setReferenced(timer, false);
    };
    return { signal: controller.signal, end };
  }

  #newGroup(now: number): Group {
    const controller = new AbortController();
    setMaxListeners?.(0, controller.signal);
    const callers = new Set<() => void>();
    const joining = this.#milliseconds / 100;
    dueTimes.set(controller.signal, Date.now() + this.#milliseconds + joining);
    const timer = setTimeout(
      () => {
        // If the event loop was blocked, an answer may be waiting: give it one more turn.
        setTimeout(() => {
          controller.abort();
          setTimeout(() => {
            for (const onLate of callers) onLate();
          });
        });
      },
      Math.min(this.#milliseconds + joining, longestTimeout),
    );
    this.#group = { controller, callers, timer, openUntil: now + joining };
    return this.#group;
  }
}

/** Outside Node a timer is a number, which never keeps anything alive. */
function setReferenced(timer: ReturnType<typeof setTimeout>, isReferenced: boolean): void {
  if (typeof timer !== 'object') return;
  if (isReferenced) timer.ref?.();
  else timer.unref?.();
}
