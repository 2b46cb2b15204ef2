// Runs commands one after the other and says on one screen which went wrong, and how to mend them.
import { spawn } from 'node:child_process';
import { stripVTControlCharacters } from 'node:util';

/** The most lines that are printed of all that went wrong. */
const linesAtMost = 24;

/**
 * @param {{ name: string, command: string, mend: string, needs?: string[] }[]} steps What to run. A
 * step is not run when one of `needs` went wrong.
 * @param {string[]} only The names of the steps to run; all when there are none.
 * @returns {Promise<number>} The exit code: 0 when all went well, 2 when a name is unknown.
 */
export async function runSteps(steps, only = []) {
  const names = steps.map(({ name }) => name);
  const unknown = only.find((name) => !names.includes(name));
  if (unknown !== undefined) {
    console.error(`There is no check ${unknown}. The checks are: ${names.join(', ')}.`);
    return 2;
  }
  const width = Math.max(...names.map(({ length }) => length)) + 2;
  const wrong = [];
  const failed = new Set();
  for (const step of steps) {
    if (only.length > 0 && !only.includes(step.name)) continue;
    const missing = step.needs?.find((need) => failed.has(need));
    const line = step.name.padEnd(width);
    if (missing !== undefined) {
      console.log(`not run  ${line}needs ${missing}`);
      failed.add(step.name);
      continue;
    }
    const begun = Date.now();
    const { code, output } = await run(step.command);
    console.log(
      `${code === 0 ? 'ok     ' : 'WRONG  '}  ${line}${((Date.now() - begun) / 1000).toFixed(1)} s`,
    );
    if (code === 0) continue;
    failed.add(step.name);
    wrong.push({ ...step, output });
  }
  for (const step of wrong)
    console.log(`\n${report(step, Math.floor(linesAtMost / wrong.length))}`);
  return wrong.length === 0 ? 0 : 1;
}

/** The first lines of what a command printed, how to see all of it, and how to mend it. */
function report({ name, command, mend, output }, lines) {
  const printed = stripVTControlCharacters(output)
    .split('\n')
    .filter((line) => line.trim() !== '');
  const shown = printed.slice(0, lines).map((line) => `  ${line.slice(0, 160)}`);
  const left = printed.length - shown.length;
  if (left > 0) shown.push(`  … ${left} more lines: npx --no -- ${command}`);
  return [`${name}:`, ...shown, `  Mend: ${mend}`].join('\n');
}

/** Runs a command of a package that is installed here, as npm scripts do. */
function run(command) {
  return new Promise((resolve) => {
    const env = { ...process.env, NO_COLOR: '1', FORCE_COLOR: '0' };
    const child = spawn(command, { shell: true, env, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text) => {
        output += text;
      });
    }
    child.once('close', (code) => resolve({ code: code ?? 1, output }));
  });
}
