// A bare folder outside the repository, in which this package is installed as npm installs it.
import { type ExecFileException, execFile, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ProjectDescription } from './row.js';

const apps = fileURLToPath(new URL('apps/', import.meta.url));
export const packageName = 'shopify-app-session-storage-encrypted';

export interface RunOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** What is piped in. */
  readonly input?: string;
}

/** Where the folders of all projects are, kept for the next run. */
export const projectsFolder = join(tmpdir(), `${packageName}-everywhere`);

export class Project {
  readonly folder: string;

  constructor(folder: string) {
    this.folder = folder;
  }

  /** A path in the folder. */
  path(...parts: string[]): string {
    return join(this.folder, ...parts);
  }

  /** The program of an installed package, by its path in node_modules. */
  program(path: string): string {
    return this.path('node_modules', path);
  }

  async write(name: string, text: string): Promise<string> {
    const path = this.path(name);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, text);
    return path;
  }

  /** Copies a file or folder of `apps`. */
  async copy(name: string, to = name): Promise<string> {
    await cp(join(apps, name), this.path(to), { recursive: true });
    return this.path(to);
  }

  /** The version of an installed package. */
  async version(name: string): Promise<string> {
    const json = await readFile(this.program(`${name}/package.json`), 'utf8');
    return (JSON.parse(json) as { version: string }).version;
  }

  /** Runs a script on this process's Node; answers what it prints. Throws with all of it if it fails. */
  node(script: string, args: readonly string[] = [], options: RunOptions = {}): Promise<string> {
    return this.execute(process.execPath, [script, ...args], options);
  }

  async execute(
    command: string,
    args: readonly string[],
    { cwd = this.folder, env = {}, input = '' }: RunOptions = {},
  ): Promise<string> {
    const options = {
      cwd,
      env: { ...environment(), ...env },
      timeout: 300_000,
      maxBuffer: 2 ** 26,
    };
    return new Promise((resolve, reject) => {
      const child = execFile(
        command,
        args,
        options,
        (error: ExecFileException | null, stdout, stderr) => {
          if (error === null) resolve(stdout);
          else
            reject(
              new Error(`${command} ${args.join(' ')}\n${stdout}\n${stderr}\n${error.message}`),
            );
        },
      );
      // A program that does not read leaves its input unread.
      child.stdin?.on('error', () => {});
      child.stdin?.end(input);
    });
  }

  /** Starts a script that speaks by lines on standard output and is told to go on by a line. */
  start(
    command: string,
    args: readonly string[],
    { cwd = this.folder, env = {} }: RunOptions = {},
  ) {
    const child = spawn(command, args, {
      cwd,
      env: { ...environment(), ...env },
      stdio: ['pipe', 'pipe', 'pipe'],
      timeout: 120_000,
    });
    let output = '';
    const listeners = new Set<() => void>();
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (data) => {
        output += String(data);
        for (const listener of listeners) listener();
      });
    }
    const ended = once(child, 'close').then(([code]) => {
      for (const listener of listeners) listener();
      return code as number | null;
    });
    return {
      /** Waits for a line that starts with `start`; answers the rest of it. */
      line: (start: string) =>
        new Promise<string>((resolve, reject) => {
          const look = () => {
            const found = new RegExp(`^${start}(.*)$`, 'm').exec(output);
            if (found !== null) resolve(found[1] ?? '');
            else if (child.exitCode !== null)
              reject(new Error(`It ended before "${start}":\n${output}`));
          };
          listeners.add(look);
          void ended.then(look);
          look();
        }),
      say: (line: string) => void child.stdin.write(`${line}\n`),
      kill: () => void child.kill('SIGKILL'),
      async end(): Promise<void> {
        const code = await ended;
        if (code !== 0) throw new Error(`It ended with ${code}:\n${output}`);
      },
    };
  }
}

/** Nothing of the variables that npm and Vitest set, which would change what tools do. */
function environment(): Record<string, string> {
  const { PATH = '', HOME = '', NODE_EXTRA_CA_CERTS } = process.env;
  // Where a proxy stands before the registry; npm has settings of its own for that.
  const trusted = NODE_EXTRA_CA_CERTS === undefined ? {} : { NODE_EXTRA_CA_CERTS };
  return { PATH, HOME, ...trusted, CI: 'true', NO_COLOR: '1', NEXT_TELEMETRY_DISABLED: '1' };
}

/** Installs the packed package, and what the project names, in its folder. */
export async function install(description: ProjectDescription, tarball: string): Promise<Project> {
  const { name, packages, overrides = {}, workspaces = {}, type = 'module' } = description;
  const dependencies = { [packageName]: `file:${tarball}`, ...packages };
  const hash = createHash('sha256').update(JSON.stringify(description)).digest('hex').slice(0, 12);
  const project = new Project(join(projectsFolder, `${name}-${hash}`));
  const root = {
    name: 'app',
    private: true,
    type,
    dependencies,
    overrides,
    workspaces: Object.keys(workspaces),
  };
  await project.write('package.json', JSON.stringify(root));
  for (const [folder, ownPackages] of Object.entries(workspaces)) {
    const own = { name: folder.replaceAll('/', '-'), private: true, dependencies: ownPackages };
    await project.write(`${folder}/package.json`, JSON.stringify(own));
  }
  // Beside the lock that npm keeps in node_modules, another one is in the way of another tarball.
  await rm(project.path('package-lock.json'), { force: true });
  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
  const parameters = [
    'install',
    '--ignore-scripts',
    '--no-audit',
    '--no-fund',
    '--no-package-lock',
  ];
  await project.execute(npm, [...parameters, '--prefer-offline']).catch(async () => {
    // What is installed, and what npm has kept of the registry, may be of different days.
    await rm(project.path('node_modules'), { recursive: true, force: true });
    await project.execute(npm, parameters);
  });
  return project;
}
