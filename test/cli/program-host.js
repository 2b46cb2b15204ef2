// Runs the program again and again in this process, each time loaded afresh: what is spared is the start
// of Node.js and the loading of database drivers. Started by `program.ts`, as `node program-host.js MAIN`.
import { createRequire } from 'node:module';
import { dirname, sep } from 'node:path';
import { Writable } from 'node:stream';

const require = createRequire(import.meta.url);
const [, , main = ''] = process.argv;
const { stdout, stderr, exit } = process;
/** What the program listens to until its process ends. */
const events = ['uncaughtException', 'beforeExit', 'exit', 'SIGINT', 'SIGTERM'];

// Drivers may fail after the program has ended: its own process would not be there any more.
process.on('uncaughtException', () => {});
process.on('unhandledRejection', () => {});
const ownListeners = new Map(events.map((event) => [event, process.listeners(event)]));

/** Standard output or standard error of one run, as a pipe is. */
function collector() {
  const chunks = [];
  const stream = new Writable({
    decodeStrings: false,
    write(chunk, _encoding, done) {
      chunks.push(String(chunk));
      done();
    },
  });
  return { stream, text: () => chunks.join('') };
}

function replaceOutput(out, errors) {
  for (const [name, value] of [
    ['stdout', out],
    ['stderr', errors],
  ]) {
    Object.defineProperty(process, name, { value, configurable: true });
  }
}

/** Nothing of the package stays from one run to the next; its drivers do. */
function forgetPackage() {
  const folder = dirname(main) + sep;
  for (const path of Object.keys(require.cache)) {
    if (path.startsWith(folder)) delete require.cache[path];
  }
}

async function run({ args, env, cwd }) {
  const [out, errors] = [collector(), collector()];
  const warn = ({ name, message }) => errors.stream.write(`${name}: ${message}\n`);
  process.on('warning', warn);
  process.argv = [process.execPath, main, ...args];
  process.env = { ...env };
  process.exitCode = undefined;
  process.chdir(cwd);
  replaceOutput(out.stream, errors.stream);
  forgetPackage();
  const code = await new Promise((resolve) => {
    process.exit = (given) => resolve(given ?? process.exitCode ?? 0);
    require(main);
  });
  process.exit = exit;
  replaceOutput(stdout, stderr);
  process.off('warning', warn);
  for (const event of events) {
    const own = ownListeners.get(event);
    for (const listener of process.listeners(event)) {
      if (!own.includes(listener)) process.off(event, listener);
    }
  }
  return { code, stdout: out.text(), stderr: errors.text() };
}

process.on('message', async (request) => process.send(await run(request)));
process.on('disconnect', () => exit());
