// What the demo prints, and the checks that decide how it ends.

let failures = 0;

/** Starts a step of the story. */
export function step(title: string, ...lines: string[]): void {
  print('', `── ${title} ${'─'.repeat(Math.max(0, 96 - title.length))}`, ...lines);
}

/** Prints whether something that was promised is so. */
export function check(promise: string, isSo: boolean): void {
  if (!isSo) failures += 1;
  print(`   ${isSo ? '✔' : '✘ NOT SO:'} ${promise}`);
}

/** Prints lines as they are. */
export function print(...lines: string[]): void {
  for (const line of lines) process.stdout.write(`${line}\n`);
}

/** Prints two rows side by side, property by property. */
export function sideBySide(left: Column, right: Column): void {
  const nameWidth = 20;
  const width = 40;
  print('', `   ${''.padEnd(nameWidth)}${left.title.padEnd(width + 3)}${right.title}`);
  for (const name of Object.keys(left.row)) {
    const [leftLines, rightLines] = [left, right].map(({ row }) => wrap(row[name], width));
    const lineCount = Math.max(leftLines?.length ?? 0, rightLines?.length ?? 0);
    for (let line = 0; line < lineCount; line += 1) {
      const cells = [leftLines, rightLines].map((lines) => (lines?.[line] ?? '').padEnd(width));
      print(`   ${(line === 0 ? name : '').padEnd(nameWidth)}${cells.join('   ').trimEnd()}`);
    }
  }
  print('');
}

/** Prints how many checks failed; the exit code of the process follows from it. */
export function conclude(): void {
  const verdict = failures === 0 ? 'Everything above is so.' : `${failures} of these are NOT SO.`;
  print('', verdict);
  process.exitCode = failures === 0 ? 0 : 1;
}

/** One of two rows to compare. */
export interface Column {
  readonly title: string;
  readonly row: Readonly<Record<string, unknown>>;
}

function wrap(value: unknown, width: number): string[] {
  return String(value ?? '').match(new RegExp(`.{1,${width}}`, 'g')) ?? [''];
}
