// Fails when the package outgrows its budget: its size, and the time that importing it takes,
// measured beside importing jose, so that it does not depend on the machine.
// `--size` or `--import-time` looks at one of the two: a release does not depend on a measured time.
import { execFileSync } from 'node:child_process';
import { entries, readPackage, repository } from './entries.js';

/** What the package may have at most. */
const budget = {
  /** Each entry has a file for import and one for require, and the types of both. */
  files: 48 + 4 * entries.size,
  // Three fifths are source maps, with the sources and their docstrings; 65 and 205 KB are the documents.
  packedKilobytes: 583,
  unpackedKilobytes: 2165,
  /** What the main entry takes, where jose takes 1. */
  importTime: 35 / 62,
};

const only = process.argv[2];
const measured = {
  ...(only !== '--import-time' && packedSize()),
  ...(only !== '--size' && { importTime: importTime() }),
};
const limits = Object.entries(budget).filter(([name]) => name in measured);
const excesses = limits.filter(([name, most]) => Reflect.get(measured, name) > most);
for (const [name, most] of limits) {
  console.log(`${name}: ${shown(Reflect.get(measured, name))} of at most ${shown(most)}`);
}
if (excesses.length > 0) {
  console.error(
    `Over budget: ${excesses.map(([name]) => name).join(', ')}. See packaging/budget.js.`,
  );
  process.exit(1);
}

function packedSize() {
  const npm = ['pack', '--dry-run', '--json', '--ignore-scripts'];
  const options = {
    cwd: repository,
    encoding: /** @type {const} */ ('utf8'),
    shell: process.platform === 'win32',
  };
  // npm 11 answers a list, later ones an object by name of the package.
  const [{ entryCount, size, unpackedSize }] = Object.values(
    JSON.parse(execFileSync('npm', npm, options)),
  );
  return {
    files: entryCount,
    packedKilobytes: size / 1000,
    unpackedKilobytes: unpackedSize / 1000,
  };
}

/** Measured again while it is over: another process on the core may meet one of the two more than the other. */
function importTime() {
  let least = Number.POSITIVE_INFINITY;
  for (let attempt = 0; attempt < 5 && least > budget.importTime; attempt++) {
    least = Math.min(least, importRatio());
  }
  return least;
}

/** Of several runs each, in turn. */
function importRatio() {
  const { name } = readPackage();
  /** @type {number[]} */
  const ours = [];
  /** @type {number[]} */
  const theirs = [];
  for (let round = 0; round < 11; round++) {
    ours.push(importOnce(name));
    theirs.push(importOnce('jose'));
  }
  return median(ours) / median(theirs);
}

/**
 * @param {string} module
 * @returns {number} Microseconds of processor time, which other processes do not add to, in a new
 * process, without the start of Node itself.
 */
function importOnce(module) {
  // A module of Node's first: the first dynamic import pays for the machinery.
  const source = `
    await import('node:crypto');
    const start = process.cpuUsage();
    await import(${JSON.stringify(module)});
    const { user, system } = process.cpuUsage(start);
    console.log(user + system);
    process.exit();`;
  const parameters = ['--input-type=module', '--eval', source];
  return Number(execFileSync(process.execPath, parameters, { cwd: repository, encoding: 'utf8' }));
}

/** @param {number[]} values */
function median(values) {
  return values.sort((a, b) => a - b)[values.length >> 1] ?? 0;
}

/** @param {unknown} value */
function shown(value) {
  return typeof value === 'number' ? String(Number(value.toPrecision(3))) : String(value);
}
