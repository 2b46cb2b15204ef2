// Every command's help, and what happens when it is called wrongly.
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, it } from 'vitest';
import { commands as allCommands } from '../../src/cli/commands.js';
import { programCall } from '../../src/program-name.js';
import { packedProgram } from './program.js';
import { bothKeys, oldKey, temporaryFolder } from './scene.js';

const program = await packedProgram();

const commands = allCommands.map(({ name }) => name);

describe('encrypted-sessions', () => {
  it('--help names every command and documents the exit codes', async () => {
    const { code, stdout, stderr } = await program.run(['--help']);

    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    for (const command of commands) expect(stdout).toMatch(new RegExp(`^  ${command} `, 'm'));
    for (const exitCode of ['0', '1', '2', '3', '130', '143']) {
      expect(stdout).toMatch(new RegExp(`^ +${exitCode}  \\w`, 'm'));
    }
  });

  it.each(commands)(
    '%s --help, and help with its name, describe it without keys',
    async (command) => {
      const help = await program.run([command, '--help']);

      expect(help).toMatchObject({ code: 0, stderr: '' });
      expect(help.stdout).toContain(`Usage: npx shopify-app-session-storage-encrypted ${command} `);
      expect(help.stdout).toContain('Examples:');
      expect(help.stdout).toContain('Exit codes:');
      // What takes a key says where it comes from.
      expect(help.stdout.includes('Keys come from the environment, as')).toBe(command !== 'copy');
      expect(await program.run(['help', command])).toEqual(help);
    },
  );

  it('--version prints the version', async () => {
    const { code, stdout } = await program.run(['--version']);

    expect(code).toBe(0);
    expect(stdout).toMatch(/^\d+\.\d+\.\d+/);
  });

  it('without a command prints the help to standard error, and exits with 2', async () => {
    const { code, stdout, stderr } = await program.run([]);

    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain('Usage:');
  });

  it.each([
    ['an unknown command', ['rotat']],
    ['an unknown option', ['rotate', '--stroe', 'memory:']],
    ['an option without its value', ['rotate', '--store']],
    ['an option with an empty value', ['rotate', '--store=']],
    ['a flag with a value', ['rotate', '--store', 'memory:', '--dry-run=yes']],
    ['no store', ['rotate']],
    ['two stores', ['rotate', '--store', 'memory:', '--catalog', './catalog.js']],
    ['a store of no known kind', ['rotate', '--store', 'mongodb://localhost/app']],
    ['a SQLite file that is not there', ['status', '--store', 'sqlite:no-such-file.db']],
    ['a variable that is not set', ['status', '--store', 'env:NO_SUCH_VARIABLE']],
    ['a catalog that is not there', ['status', '--catalog', './no-such-catalog.js']],
    ['a mode that does not exist', ['rotate', '--store', 'memory:', '--mode', 'migration']],
    ['a batch size that is not a number', ['rotate', '--store', 'memory:', '--batch-size', 'many']],
    ['a batch size out of range', ['rotate', '--store', 'memory:', '--batch-size', '0']],
    ['a shard that does not exist', ['rotate', '--store', 'memory:', '--shard', '3/2']],
    ['a rate of nothing', ['rotate', '--store', 'memory:', '--rate', '0']],
    ['a copy without a destination', ['copy', '--from', 'memory:']],
    ['a copy to itself', ['copy', '--from', 'sqlite:a.db', '--to', 'sqlite:a.db']],
    ['an algorithm that does not exist', ['keygen', '--enc', 'A128GCM']],
    ['a key id that is none', ['keygen', '--kid', 'key 1']],
    ['an age that is none', ['keys', '--max-age', '6 months']],
    ['a key ring that is not there', ['keys', '--keyring', './no-such-keyring.mjs']],
    ['a list in two forms', ['list', '--store', 'memory:', '--csv', '--json']],
    ['a key id that is none', ['list', '--store', 'memory:', '--kid', 'key 1']],
    ['a delete of everything', ['delete', '--store', 'memory:', '--yes']],
    ['half of a place', ['inspect', 'eyJh', '--shop', 'a.myshopify.com']],
  ])('exits with 2 and says why: %s', async (_, args) => {
    const { code, stdout, stderr } = await program.run(args, { env: bothKeys });

    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(/^Error: \S/);
    expect(stderr).not.toContain('    at ');
  });

  it.each([
    ['no keys', {}],
    ['keys that are none', { SESSION_ENCRYPTION_KEYS: 'a:secret-that-is-too-short' }],
  ])('exits with 2 with %s, and does not repeat them', async (_, env) => {
    for (const command of ['status', 'rotate']) {
      const { code, stderr } = await program.run([command, '--store', 'memory:'], { env });
      expect(code).toBe(2);
      expect(stderr).toContain('SESSION_ENCRYPTION_KEYS');
      expect(stderr).not.toContain('secret-that');
    }
  });

  it.each([
    [
      ['--store', 'redis://a:hunter2@b', 'status'],
      'comes first',
      `${programCall} status [options]`,
    ],
    [['-x'], 'comes first', `${programCall} <command> [options]`],
    [['-v'], 'no such command', '--version'],
    [['version'], 'no such command', '--version'],
    [['rotat'], 'no such command', 'Is rotate meant?'],
    [['inspect', '-1+1', '--store', 'memory:'], 'no such option', 'Write -- before an argument'],
    [['list', '-1+1'], 'no such option', 'See: '],
  ])('says what to write in place of %j', async (args, what, remedy) => {
    const { code, stderr } = await program.run(args, { env: bothKeys });

    expect(code).toBe(2);
    expect(stderr).toContain(what);
    expect(stderr).toContain(remedy);
    expect(stderr).not.toContain('hunter2');
  });

  it('says of every option with a value how one is written that starts with a dash', async () => {
    for (const command of allCommands) {
      for (const [option, { value }] of Object.entries(command.options)) {
        if (value === undefined) continue;
        const { code, stderr } = await program.run([command.name, `--${option}`, '-1+1'], {
          env: bothKeys,
        });
        expect(code).toBe(2);
        expect(stderr).toContain(`needs an equals sign: --${option}=-…`);
      }
    }
    const { code, stderr } = await program.run(
      ['inspect', '--session-id=-1+1', '--store', `sqlite:no-such-file.db`],
      { env: bothKeys },
    );
    expect(code).toBe(2);
    expect(stderr).toContain('--store: there is no such file');
  });

  it('refuses an option that is given twice, of which only the last would count', async () => {
    for (const command of allCommands) {
      for (const [option, { value }] of Object.entries(command.options)) {
        if (value === undefined) continue;
        const twice = [`--${option}=hunter2`, `--${option}=hunter3`];
        const { code, stderr } = await program.run([command.name, ...twice], { env: bothKeys });
        expect(code).toBe(2);
        expect(stderr).toContain(`--${option} is given more than once`);
        expect(stderr).not.toContain('hunter');
      }
    }
  });

  it('names the file that is not there, also where a variable holds its URL', async () => {
    const { code, stderr } = await program.run(['status', '--store', 'env:STORE'], {
      env: { ...bothKeys, STORE: 'sqlite:no-such-file.db' },
    });
    expect(code).toBe(2);
    expect(stderr).toContain('--store: there is no such file: sqlite:no-such-file.db.');
  });

  it('says which variable or option names a key file that is not there, and what to do', async () => {
    const folder = await temporaryFolder();
    await writeFile(
      join(folder, 'keyring.mjs'),
      `import { Keyring } from '${pathToFileURL(join(program.folder, 'dist/index.mjs'))}';
       export default () => Keyring.fromFile('./no-such-keys');`,
    );
    const byVariable = await program.run(['keys'], {
      env: { SESSION_ENCRYPTION_KEYS_FILE: './no-such-keys' },
    });
    const byOption = await program.run(['keys', '--keyring', './keyring.mjs'], { cwd: folder });

    expect([byVariable.code, byOption.code]).toEqual([2, 2]);
    expect(byVariable.stderr).toContain(
      'SESSION_ENCRYPTION_KEYS_FILE names a file that is not there',
    );
    expect(byVariable.stderr).toContain(`${programCall} keygen`);
    expect(byOption.stderr).toMatch(
      /^Error: --keyring: .*there is no such file\. A relative path starts/,
    );
  });

  it('does not repeat what may be a password: a URL without its option, an unknown scheme', async () => {
    const url = 'redsi://app:hunter2-password@localhost';
    for (const args of [
      ['rotate', url],
      ['rotate', '--store', url],
    ]) {
      const { code, stderr } = await program.run(args, { env: bothKeys });
      expect(code).toBe(2);
      expect(stderr).not.toContain('hunter2');
    }
  });

  it.each([
    ['inspect', ['offline_a', '--store', 'memory:', '--catalog', './c.mjs'], 'Name the store'],
    ['inspect', ['--store', 'memory:'], 'Give the id of a session'],
    ['inspect', ['eyJh', '--shop', 'a.myshopify.com'], '--session-id and --shop go together'],
    ['copy', ['--to', 'memory:'], 'Name the store: either --from'],
    // Before the source, which may take long to look into, is opened.
    ['copy', ['--from', 'postgres://127.0.0.1:1/app'], 'Name the store: either --to'],
    ['status', [], 'Name the store'],
    ['rotate', ['--store', 'memory:', '--mode', 'migration'], '--mode must be'],
    ['delete', ['--shop', 'a.myshopify.com'], 'Name the store'],
  ])(
    'says what is wrong with the arguments of %s before what is wrong with the keys',
    async (command, args, message) => {
      const folder = await temporaryFolder();
      // Keys that nothing has read would be the next complaint.
      await writeFile(join(folder, '.env'), `SESSION_ENCRYPTION_KEYS=${oldKey}\n`);

      const { code, stderr } = await program.run([command, ...args], { cwd: folder });

      expect(stderr).toContain(message);
      expect(code).toBe(2);
    },
  );

  it('says that a variable is set in a .env file that was not read', async () => {
    const folder = await temporaryFolder();
    await writeFile(join(folder, '.env'), 'export SESSION_STORE_URL=sqlite:none.db\n');
    const args = ['status', '--store', 'env:SESSION_STORE_URL', '--allow-empty'];

    const unread = await program.run(args, { cwd: folder, env: bothKeys });
    expect(unread.code).toBe(2);
    expect(unread.stderr).toContain(
      'SESSION_STORE_URL is set in the file .env, which this command has not read: add --env-file .env',
    );
    const read = await program.run([...args, '--env-file', '.env'], { cwd: folder, env: bothKeys });
    // A line that `export` begins is one for shells: Node reads it, too.
    expect(read.code, read.stderr).toBe(0);
    const elsewhere = await program.run(['status', '--store', 'env:OTHER'], {
      cwd: folder,
      env: bothKeys,
    });
    expect(elsewhere.stderr).toContain('the environment variable OTHER is not set.');
  });

  it('does not ask for a .env file that it has read: the line cannot be used', async () => {
    const folder = await temporaryFolder();
    const keys = `SESSION_ENCRYPTION_KEYS=${oldKey}\nURL=sqlite:none.db\n`;
    const run = (args: string[], env = {}) =>
      program.run([...args, '--env-file', '.env'], { cwd: folder, env });
    const list = ['list', '--store', 'env:URL', '--allow-empty'];

    await writeFile(join(folder, '.env'), keys);
    expect((await run(list)).code).toBe(0);
    await writeFile(join(folder, '.env'), `QUOTE="never ends\n${keys}"`);
    const quoted = [await run(['keys']), await run(list), await run(['keygen'])];

    for (const { code, stderr } of quoted) {
      expect(code).toBe(2);
      expect(stderr).toContain('but not so that Node takes it from there');
      expect(stderr).not.toContain('add --env-file');
    }
  });

  it('does not start when Node.js cannot read the file of --env-file, wherever the option stands', async () => {
    const folder = await temporaryFolder();
    for (const path of ['no-such.env', '.']) {
      const { code, stdout, stderr } = await program.run(['keys', '--env-file', path], {
        cwd: folder,
        env: bothKeys,
      });
      expect({ code, stdout }).toEqual({ code: 9, stdout: '' });
      expect(stderr).toMatch(/not found|invalid format/);
    }
  });
});
