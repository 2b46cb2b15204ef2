// Rotators that run while the writers write: ours, killed again and again, and plain ones.
import type { StoreOptions } from './processes/protocol.js';
import type { TorturePrograms } from './processes/start.js';

/** How our rotators did. */
export interface RotationCounts {
  /** Runs that were ended by SIGKILL. */
  kills: number;
  /** Runs that came to their end. */
  completed: number;
  /** Replacements that were done. */
  replaced: number;
  /** Replacements that were refused, because a writer or the other rotator had been faster. */
  conflicts: number;
}

/**
 * Runs `encrypted-sessions rotate` twice at once, each killed `kills` times in the middle and started
 * again, until both have come to their end after that, and writers have been faster than them. Of the
 * runs, every second is of one's own half of the store; the others meet.
 */
export async function rotateAndKill(
  programs: TorturePrograms,
  store: StoreOptions,
  keys: string,
  kills: number,
  killedAtMost: number,
): Promise<RotationCounts> {
  const counts: RotationCounts = { kills: 0, completed: 0, replaced: 0, conflicts: 0 };
  const rotator = async (shard: string, first: number) => {
    const argsOf = (own: number) => ((first + own) % 2 === 0 ? ['--shard', shard] : []);
    let own = 0;
    while (own < kills) {
      const killedAt = 1 + Math.floor(Math.random() * killedAtMost);
      if (await run(argsOf(own), killedAt)) own++;
    }
    do await run(argsOf(own++), undefined);
    while (counts.conflicts === 0);
  };
  /** Whether the run was killed. */
  const run = async (args: readonly string[], killedAt: number | undefined): Promise<boolean> => {
    const { code, stderr } = await programs.runCommand(
      // Small batches, so that there are several of them.
      ['rotate', '--batch-size', '50', ...args],
      keys,
      { ...store, killedAt },
      ({ replaced, conflicts }) => {
        counts.replaced += replaced;
        counts.conflicts += conflicts;
      },
    );
    if (code === null) counts.kills++;
    else if (code === 0) counts.completed++;
    else throw new Error(`rotate ended with ${code}. It printed:\n${stderr}`);
    return code === null;
  };
  await Promise.all([rotator('1/2', 0), rotator('2/2', 1)]);
  return counts;
}

/** Runs `encrypted-sessions rotate` with batches that are written without a comparison, until `enough` resolves. */
export async function rotateBlindly(
  programs: TorturePrograms,
  store: StoreOptions,
  keys: readonly string[],
  enough: Promise<unknown>,
): Promise<void> {
  let isEnough = false;
  const ended = enough.finally(() => {
    isEnough = true;
  });
  // To one key and back, so that there is something to do in every run.
  for (let run = 0; !isEnough; run++) {
    const ring = keys[run % keys.length] ?? '';
    const command = ['rotate', '--batch-size', '50'] as const;
    const options = { ...store, killedAt: undefined, isBlind: true };
    const { code, stderr } = await programs.runCommand(command, ring, options);
    if (code !== 0) throw new Error(`rotate ended with ${code}. It printed:\n${stderr}`);
  }
  await ended;
}

/** Runs two rotators that load and store, until `enough` resolves. */
export async function rotatePlainly(
  programs: TorturePrograms,
  store: StoreOptions,
  keys: string,
  enough: Promise<unknown>,
): Promise<void> {
  const rotators = [1, 2].map(() => programs.startPlainRotator({ ...store, keys }));
  await Promise.race([enough, ...rotators.map(({ failure }) => failure)]);
  await Promise.all(rotators.map((rotator) => rotator.stop()));
}
