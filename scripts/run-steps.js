// Runs commands, two side by side, and says on one screen which went wrong, and how to mend them.
import { spawn } from 'node:child_process';
import { stripVTControlCharacters } from 'node:util';

/** The most lines that are printed of all that went wrong. */
const linesAtMost = 24;
/** How many run at the same time. */
const atOnce = 2;

/**
 * @typedef {{ name: string, command: string, mend: string, needs?: string[], alone?: boolean, noise?: string }} Step
 * What to run. It waits for those that it `needs`, and is not run when one of them went wrong. Nothing
 * else runs beside one that is `alone`. What `noise` matches of its output is not shown.
 */

/**
 * @param {Step[]} steps In the order in which they begin, unless one has to wait.
 * @param {string[]} given The names of the steps to run; all when there are none. After `--except`,
 * those not to run.
 * @returns {Promise<number>} The exit code: 0 when all went well, 2 when a name is unknown.
 */
export async function runSteps(steps, given = []) {
  const names = steps.map(({ name }) => name);
  const isExcept = given[0] === '--except';
  const listed = isExcept ? given.slice(1) : given;
  const unknown = listed.find((name) => !names.includes(name));
  if (unknown !== undefined) {
    console.error(`There is no check ${unknown}. The checks are: ${names.join(', ')}.`);
    return 2;
  }
  const width = Math.max(...names.map(({ length }) => length)) + 2;
  const waiting = steps.filter(
    ({ name }) => listed.length === 0 || listed.includes(name) !== isExcept,
  );
  /** @type {Map<string, Promise<void>>} */
  const running = new Map();
  const failed = new Set();
  /** @type {Map<Step, string>} */
  const outputs = new Map();

  /** @param {Step} step */
  const isReady = ({ needs = [], alone = false }) =>
    running.size < (alone ? 1 : atOnce) &&
    needs.every((need) => !running.has(need) && !waiting.some(({ name }) => name === need));
  /** @param {Step} step */
  const begin = async (step) => {
    const begun = Date.now();
    const { code, output } = await run(step.command);
    const seconds = ((Date.now() - begun) / 1000).toFixed(1);
    console.log(`${code === 0 ? 'ok     ' : 'WRONG  '}  ${step.name.padEnd(width)}${seconds} s`);
    if (code !== 0) {
      failed.add(step.name);
      outputs.set(step, output);
    }
    running.delete(step.name);
  };

  let isAlone = false;
  while (waiting.length > 0 || running.size > 0) {
    if (running.size === 0) isAlone = false;
    const step = isAlone ? undefined : waiting.find(isReady);
    if (step === undefined) {
      await Promise.race(running.values());
      continue;
    }
    waiting.splice(waiting.indexOf(step), 1);
    const missing = step.needs?.find((need) => failed.has(need));
    if (missing === undefined) {
      isAlone = step.alone ?? false;
      running.set(step.name, begin(step));
    } else {
      console.log(`not run  ${step.name.padEnd(width)}needs ${missing}; may find more`);
      failed.add(step.name);
    }
  }
  const wrong = steps.filter((step) => outputs.has(step));
  for (const step of wrong) {
    const output = outputs.get(step) ?? '';
    console.log(`\n${report(step, output, Math.floor(linesAtMost / wrong.length))}`);
  }
  return wrong.length === 0 ? 0 : 1;
}

/** The first lines of what a command printed, how to see all of it, and how to mend it. */
function report({ name, command, mend, noise }, output, lines) {
  const text = stripVTControlCharacters(output);
  const printed = (noise === undefined ? text : text.replaceAll(new RegExp(noise, 'gm'), ''))
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
    const env = {
      ...process.env,
      ...{ NO_COLOR: '1', FORCE_COLOR: '0' },
      // A plain npm pack would build again, beside what reads the build.
      npm_config_ignore_scripts: 'true',
    };
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
