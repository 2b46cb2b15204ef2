// How the program is called: in a way that can run this package and no other.
import { once } from 'node:events';
import { chmod, mkdir, symlink } from 'node:fs/promises';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { commands } from '../../src/cli/commands.js';
import { commandHelp, programHelp } from '../../src/cli/help.js';
import { programCall } from '../../src/program-name.js';
import { run } from '../documents/run-program.js';
import { packedProgram } from './program.js';
import { temporaryFolder } from './scene.js';

const name = 'shopify-app-session-storage-encrypted';

const program = await packedProgram();

/** The folder of an app that has the package, as npm lays it out. */
async function appFolder(): Promise<string> {
  const folder = await temporaryFolder();
  const programs = join(folder, 'node_modules/.bin');
  await mkdir(programs, { recursive: true });
  await symlink(program.folder, join(folder, 'node_modules', name));
  const main = join(program.folder, 'dist/cli.cjs');
  await chmod(main, 0o755); // as npm does
  for (const bin of ['encrypted-sessions', name]) {
    await symlink(main, join(programs, bin));
  }
  return folder;
}

/** A registry that has nothing, and the packages that were requested of it. */
async function emptyRegistry() {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(decodeURIComponent(request.url ?? '').slice(1));
    response.writeHead(404, { 'content-type': 'application/json' }).end('{}');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : undefined;
  return { asked, url: `http://127.0.0.1:${port}/`, close: () => server.close() };
}

const environment = (home: string) => ({
  PATH: process.env.PATH,
  HOME: home,
  npm_config_cache: join(home, 'cache'),
  npm_config_update_notifier: 'false',
});

describe('the printed call', () => {
  it('runs the package that the app has', async () => {
    const folder = await appFolder();
    const [npx = '', ...args] = programCall.split(' ');

    const ended = await run(npx, [...args, '--version'], { cwd: folder, env: environment(folder) });

    expect(ended).toMatchObject({ code: 0, stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/) });
  });

  it('elsewhere asks the registry for this package and for no other', async () => {
    const registry = await emptyRegistry();
    const folder = await temporaryFolder();
    const [npx = '', ...args] = programCall.split(' ');
    const env = {
      ...environment(folder),
      npm_config_registry: registry.url,
      npm_config_yes: 'true',
    };

    const ended = await run(npx, [...args, 'keygen'], { cwd: folder, env });
    registry.close();

    expect(ended.code).not.toBe(0);
    expect(ended.stdout).toBe('');
    expect([...new Set(registry.asked)]).toEqual([name]);
  });
});

describe('the help', () => {
  const helps: [string, string[]][] = [
    ['the program', programHelp(commands)],
    ...commands.map((command): [string, string[]] => [command.name, commandHelp(command)]),
  ];
  it.each(helps)('of %s calls it in no other way', (_, lines) => {
    const calls = lines.join('\n').match(/(?:npx +\S+|encrypted-sessions)\b.*/g) ?? [];
    expect(calls).not.toEqual([]);
    for (const call of calls) {
      expect(call.startsWith(programCall) || call.startsWith(`${name}.`)).toBe(true);
      // In a zsh that commands are typed into, a comment would be arguments.
      expect(call).not.toContain(' #');
    }
  });
});
