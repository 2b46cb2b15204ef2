// Node.js with flags that harden it, or that hosting platforms set.
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type CompiledPrograms, compilePrograms } from '../conformance/processes/compile.js';
import { projectFolder } from '../conformance/project-folder.js';
import { type OpenPlace, places } from '../open/places.js';

const source = 'test/surroundings/processes/app.ts';
const opened: OpenPlace[] = [];
let program: CompiledPrograms;
beforeAll(async () => {
  program = await compilePrograms(source);
  for (const make of Object.values(places)) opened.push(await make());
});
afterAll(async () => {
  await program?.remove();
  for (const place of opened) await place.drop();
});

const permission = process.allowedNodeEnvironmentFlags.has('--permission')
  ? '--permission'
  : '--experimental-permission';

test.each([
  [['--disable-proto=throw']],
  [['--disable-proto=delete', '--frozen-intrinsics']],
  [['--disallow-code-generation-from-strings']],
  // libsql is an addon.
  [[permission, '--allow-fs-read=*', '--allow-fs-write=*', '--allow-addons']],
  [['--no-experimental-require-module', '--enable-source-maps', '--expose-gc']],
])('%j', async (flags) => {
  const isEvalOff = flags.includes('--disallow-code-generation-from-strings');
  const urls = opened.map(({ url }) =>
    // mysql2 compiles a parser for each kind of rows, unless it is told not to.
    isEvalOff && url.startsWith('mysql:') ? `${url}?disableEval=true` : url,
  );
  const environment = { PATH: process.env.PATH, NODE_ENV: 'production', TZ: 'America/St_Johns' };
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [...flags, program.path(source), ...urls],
    { cwd: projectFolder, env: environment, timeout: 50_000 },
  );
  const lines = stdout.trim().split('\n');
  expect(lines).toEqual(urls.map(() => '1 shpat_app true ERR_KEY_UNKNOWN'));
});
