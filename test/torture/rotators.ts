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
 * again, until both have come to their end after that, and writers have been faster than them.
 */
export async function rotateAndKill(
  programs: TorturePrograms,
  store: StoreOptions,
  keys: string,
  kills: number,
  killedAtMost: number,
): Promise<RotationCounts> {
  const counts: RotationCounts = { kills: 0, completed: 0, replaced: 0, conflicts: 0 };
  const rotator = async () => {
    for (let own = 0; own < kills; ) {
      const killedAt = 1 + Math.floor(Math.random() * killedAtMost);
      if (await run(killedAt)) own++;
    }
    do await run(undefined);
    while (counts.conflicts === 0);
  };
  /** Whether the run was killed. */
  const run = async (killedAt: number | undefined): Promise<boolean> => {
    const { code, stderr } = await programs.runCommand(
      'rotate',
      keys,
      { ...store, killedAt },
      ({ replaced }) => counts[replaced ? 'replaced' : 'conflicts']++,
    );
    if (code === null) counts.kills++;
    else if (code === 0) counts.completed++;
    else throw new Error(`rotate ended with ${code}. It printed:\n${stderr}`);
    return code === null;
  };
  await Promise.all([rotator(), rotator()]);
  return counts;
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
