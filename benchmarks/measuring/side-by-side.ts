// Measures contenders side by side: each round runs all of them for the same short time, in another
// order than the last, and is compared within itself. What else the machine does then meets all.
import { type Spread, significant, spreadOf } from './statistics.js';

/** Something that is measured. All times are for one call. */
export interface Contender {
  readonly name: string;
  /** Does what has to be done before `calls` calls. Not timed. */
  prepare?(calls: number): Promise<void>;
  /** Makes `calls` calls. Timed. */
  run(calls: number): void | Promise<void>;
  /** Undoes what the calls left behind. Not timed. */
  settle?(calls: number): Promise<void>;
}

/** How long to measure. */
export interface Plan {
  readonly rounds: number;
  /** How long one contender's turn in one round takes, in milliseconds, about. */
  readonly turn: number;
  /** How long each contender runs before anything counts, in milliseconds. */
  readonly warmUp: number;
  /** The number of calls in a turn is a multiple of this: the number of concurrent callers. */
  readonly callers?: number;
  /** At most so many calls in a turn, where preparing them takes time. */
  readonly callsAtMost?: number;
  /** Fewer rounds, but never less than 3, once they have taken so many milliseconds. */
  readonly budget?: number;
}

/** What one turn took, in microseconds for one call. */
export interface Turn {
  /** As the clock on the wall has it. */
  readonly wall: number;
  /** Processor time of this process, all its threads: little affected by what else is running. */
  readonly cpu: number;
}

/** What one contender took. Microseconds for one call; ratios are within a round. */
export interface Measurement {
  readonly name: string;
  readonly wall: Spread;
  readonly cpu: Spread;
  /** The fastest turn. */
  readonly best: number;
  /** Time relative to the reference. */
  readonly ratio: Spread;
  readonly cpuRatio: Spread;
  readonly callsPerTurn: number;
}

/** The turns of each contender, in the order of the rounds. */
export class SideBySide {
  readonly #turns: ReadonlyMap<string, readonly Turn[]>;
  readonly #calls: ReadonlyMap<string, number>;

  constructor(turns: ReadonlyMap<string, readonly Turn[]>, calls: ReadonlyMap<string, number>) {
    this.#turns = turns;
    this.#calls = calls;
  }

  /** All contenders, compared with the one named `reference`. */
  against(reference: string): Measurement[] {
    return [...this.#turns.keys()].map((name) => {
      const walls = this.turns(name).map(({ wall }) => wall);
      return {
        name,
        wall: spreadOf(walls),
        cpu: spreadOf(this.turns(name).map(({ cpu }) => cpu)),
        best: significant(Math.min(...walls)),
        ratio: this.perRound((turn) => turn(name).wall / turn(reference).wall),
        cpuRatio: this.perRound((turn) => turn(name).cpu / turn(reference).cpu),
        callsPerTurn: this.#calls.get(name) ?? 0,
      };
    });
  }

  /** A figure worked out from the turns of one round, over all rounds. */
  perRound(figure: (turn: (name: string) => Turn) => number): Spread {
    const figures: number[] = [];
    const rounds = Math.max(...[...this.#turns.values()].map(({ length }) => length));
    for (let round = 0; round < rounds; round++) {
      figures.push(
        figure((name) => {
          const turn = this.turns(name)[round];
          if (turn === undefined) throw new RangeError(`No turn of ${name}`);
          return turn;
        }),
      );
    }
    return spreadOf(figures);
  }

  turns(name: string): readonly Turn[] {
    return this.#turns.get(name) ?? [];
  }
}

/** Runs the rounds. */
export async function measureSideBySide(
  contenders: readonly Contender[],
  plan: Plan,
): Promise<SideBySide> {
  const calls = new Map<string, number>();
  for (const contender of contenders) calls.set(contender.name, await warmUp(contender, plan));
  const turns = new Map(contenders.map(({ name }) => [name, [] as Turn[]]));
  const { rounds, budget = Number.POSITIVE_INFINITY } = plan;
  const start = performance.now();
  for (let round = 0; round < rounds; round++) {
    if (round >= 3 && performance.now() - start > budget) break;
    for (let place = 0; place < contenders.length; place++) {
      // Forwards and backwards in turn, starting one further each time: nobody has a place for good.
      const step = round % 2 === 0 ? place : contenders.length - 1 - place;
      const contender = contenders[(step + round) % contenders.length];
      if (contender === undefined) continue;
      const turn = await takeTurn(contender, calls.get(contender.name) ?? 1);
      turns.get(contender.name)?.push(turn);
    }
  }
  return new SideBySide(turns, calls);
}

/** Runs a contender until the compiler is done with it. Answers how many calls make a turn. */
async function warmUp(contender: Contender, plan: Plan): Promise<number> {
  const { callers = 1, callsAtMost = 1_000_000 } = plan;
  let calls = callers;
  let spent = 0;
  for (;;) {
    const { wall } = await takeTurn(contender, calls);
    spent += (wall * calls) / 1000;
    const wanted = Math.min((plan.turn * 1000) / wall, callsAtMost);
    calls = callers * Math.max(1, Math.round(wanted / callers));
    if (spent >= plan.warmUp) return calls;
  }
}

async function takeTurn(contender: Contender, calls: number): Promise<Turn> {
  await contender.prepare?.(calls);
  const cpuBefore = process.cpuUsage();
  const before = process.hrtime.bigint();
  const running = contender.run(calls);
  if (running !== undefined) await running;
  const wall = Number(process.hrtime.bigint() - before) / 1000;
  const { user, system } = process.cpuUsage(cpuBefore);
  await contender.settle?.(calls);
  return { wall: wall / calls, cpu: (user + system) / calls };
}
