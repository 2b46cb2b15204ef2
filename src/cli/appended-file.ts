// The file that standard output is written or added to, as with `keygen >> .env`.
import { fstatSync, readdirSync, readFileSync, readlinkSync, type Stats, statSync } from 'node:fs';
import { basename } from 'node:path';
import { parseEnv } from 'node:util';

export interface AppendedFile {
  readonly isEmpty: boolean;
  /** Whether it is a .env file, as far as that can be told. */
  readonly isEnvFile: boolean;
  /** Whether it is one that sets keys. */
  readonly hasKeys: boolean;
}

/**
 * Undefined where standard output is not a file.
 *
 * @param envFile The .env file that the command was given.
 */
export function appendedFile(envFile: string | undefined): AppendedFile | undefined {
  const output = attempt(() => fstatSync(process.stdout.fd));
  if (output === undefined || !output.isFile()) return undefined;
  const path = envFilesHere(envFile).find((candidate) => isSame(candidate, output));
  return {
    isEmpty: output.size === 0,
    isEnvFile: path !== undefined,
    hasKeys: path !== undefined && setsKeys(path),
  };
}

/** The one that was named, those in the working directory and, on Linux, the output if it has such a name. */
function envFilesHere(named: string | undefined): string[] {
  const output = attempt(() => readlinkSync(`/proc/self/fd/${process.stdout.fd}`));
  const paths = [...(attempt(() => readdirSync('.')) ?? []), ...(output ? [output] : [])];
  return [
    ...(named === undefined ? [] : [named]),
    ...paths.filter((path) => /^\.env(?:\.|$)|\.env$/.test(basename(path))),
  ];
}

function isSame(path: string, { dev, ino }: Stats): boolean {
  const candidate = attempt(() => statSync(path));
  return candidate?.dev === dev && candidate.ino === ino;
}

function setsKeys(path: string): boolean {
  const variables = attempt(() => parseEnv(readFileSync(path, 'utf8'))) ?? {};
  return ['SESSION_ENCRYPTION_KEYS', 'SESSION_ENCRYPTION_KEYS_FILE'].some(
    (name) => (variables[name] ?? '').trim() !== '',
  );
}

/** What cannot be looked at is not such a file. */
function attempt<T>(look: () => T): T | undefined {
  try {
    return look();
  } catch {
    return undefined;
  }
}
