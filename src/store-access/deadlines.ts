// Ends calls at their deadline, with one timer and one abort signal for calls that start together. On Cloudflare
// Workers, where no request may touch those of another, each call has its own.
import { longestTimeout, setReferenced } from '../pause.js';
import { isCloudflareWorkers } from '../runtime/cloudflare.js';
import { nodeBuiltin } from '../runtime/node-builtins.js';

const setMaxListeners = nodeBuiltin('node:events')?.setMaxListeners;

/** Many commands listen to one signal; Node would warn of a leak from ten on. */
function allowManyListeners(signal: AbortSignal): void {
  try {
    setMaxListeners?.(0, signal);
  } catch {
    // A signal that is not Node's, as in tests under happy-dom or jsdom: Node does not count its listeners.
  }
}

/** When each signal is due: by the clock on the wall, and by `performance.now()`, which goes on evenly. */
const dueTimes = new WeakMap<AbortSignal, { readonly clock: number; readonly steady: number }>();

/**
 * When the time of a call is up, in milliseconds since the epoch: for what compares that with a clock itself.
 *
 * @param signal That of the call.
 */
export function dueTime(signal: AbortSignal): number {
  return dueTimes.get(signal)?.clock ?? Number.POSITIVE_INFINITY;
}

/**
 * How much time a call has left, in milliseconds. After the event loop was blocked, it may be none although `signal`
 * is not aborted yet.
 *
 * @param signal That of the call.
 */
export function remainingTime(signal: AbortSignal): number {
  return (dueTimes.get(signal)?.steady ?? Number.POSITIVE_INFINITY) - performance.now();
}

/** What was sent may still arrive for so long after the deadline, in milliseconds. */
const timeToArrive = 5_000;

/**
 * How long work of a call may keep other calls waiting, in milliseconds: see `Turns`.
 *
 * @param signal That of the call.
 */
export function longestTurn(signal: AbortSignal): number {
  return remainingTime(signal) + timeToArrive;
}

/** The deadline of one call. */
export interface Deadline {
  /** Aborted when the time is up. What was not sent by then must not be sent any more. */
  readonly signal: AbortSignal;
  /** `isOver`: whether `signal` is aborted. Unlike the signal, other requests may ask for it. */
  readonly group: { readonly isOver: boolean };
  /** The call has succeeded: nothing of it is left to send. */
  succeed(): void;
  /** The call has failed. What is left of it still ends at the deadline. */
  fail(): void;
}

/** Calls that end together. */
interface Group {
  readonly controller: AbortController;
  readonly callers: Set<() => void>;
  timer: ReturnType<typeof setTimeout>;
  readonly openUntil: number;
  isOver: boolean;
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
   * the rest of a call to Redis. Not so on Cloudflare Workers.
   *
   * @param onLate Called when the time is up, after `signal` was aborted and what was not sent has
   * had time to say so.
   */
  start(onLate: () => void): Deadline {
    const group = isCloudflareWorkers ? this.#newGroup(0) : this.#openGroup();
    const { callers, controller } = group;
    callers.add(onLate);
    const leave = () => {
      callers.delete(onLate);
      // The timer alone must not keep the process alive.
      if (callers.size === 0) setReferenced(group.timer, false);
    };
    const succeed = isCloudflareWorkers ? () => clearTimeout(group.timer) : leave;
    return { signal: controller.signal, group, succeed, fail: leave };
  }

  /** The group that calls may still join, or else a new one. */
  #openGroup(): Group {
    const now = performance.now();
    const group = this.#group;
    if (group === undefined || now >= group.openUntil || group.isOver) {
      this.#group = this.#newGroup(this.#milliseconds / 100);
      return this.#group;
    }
    if (group.callers.size === 0) setReferenced(group.timer, true);
    return group;
  }

  /** @param joining How long other calls may join, in milliseconds. */
  #newGroup(joining: number): Group {
    const controller = new AbortController();
    allowManyListeners(controller.signal);
    const longest = this.#milliseconds + joining;
    dueTimes.set(controller.signal, {
      clock: Date.now() + longest,
      steady: performance.now() + longest,
    });
    const end = () => {
      group.isOver = true;
      controller.abort();
      group.timer = setTimeout(() => {
        for (const onLate of group.callers) onLate();
      });
    };
    // If the event loop was blocked, an answer may be waiting: give it one more turn.
    const giveOneMoreTurn = () => {
      group.timer = setTimeout(end);
    };
    const group: Group = {
      controller,
      callers: new Set(),
      timer: setTimeout(giveOneMoreTurn, Math.min(longest, longestTimeout)),
      openUntil: performance.now() + joining,
      isOver: false,
    };
    return group;
  }
}
