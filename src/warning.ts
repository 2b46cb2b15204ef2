// Warnings of what works and is not safe in every case.

/** Warns on the standard error of Node, or on the console elsewhere. */
export function warn(message: string, code: string, type = 'SessionStorageWarning'): void {
  const { process } = globalThis as {
    process?: { emitWarning?(message: string, options: { type: string; code: string }): void };
  };
  if (process?.emitWarning === undefined) console.warn(`${code}: ${message}`);
  else process.emitWarning(message, { type, code });
}

const given = new Set<string>();

/** As `warn`, the first time that this message is given. */
export function warnOnce(message: string, code: string): void {
  if (given.has(message)) return;
  given.add(message);
  warn(message, code);
}
