// A server process that cannot outlive the test process that started it, not even when that one is
// killed: the server hangs on a pipe whose other end only the test process holds.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { createInterface } from 'node:readline';

// Prints the server's process id, waits for the server, and kills it when standard input ends. The
// server's own children may be frozen, so they are killed as well.
const guard = `
directory=$1 log=$2; shift 2
exec 3<&0 2>>"$log"
"$@" </dev/null >&2 3<&- & server=$!
echo $server
( while read -r _ <&3; do :; done
  trap '' TERM
  kill -9 $server $(ps -A -o pid=,ppid= | while read -r pid parent; do
    [ "$parent" != $server ] || echo "$pid"
  done)
  sleep 1; rm -rf "$directory" ) >/dev/null & watch=$!
wait $server
kill $watch
`;

export interface OwnedProcessOptions {
  readonly command: string;
  readonly args: readonly string[];
  /** Removed when the test process dies without stopping the server. */
  readonly directory: string;
  /** What the server prints goes here. */
  readonly log: string;
  readonly uid?: number | undefined;
}

/** One running server process. */
export class OwnedProcess {
  readonly #child: ChildProcess;
  readonly #log: string;
  readonly exited: Promise<void>;
  readonly pid: number;
  running = true;

  private constructor(child: ChildProcess, pid: number, log: string) {
    this.#child = child;
    this.#log = log;
    this.pid = pid;
    this.exited = new Promise((resolve) => {
      child.once('exit', () => {
        this.running = false;
        resolve();
      });
    });
  }

  /** Starts the process; it may take longer until it answers. */
  static async start(options: OwnedProcessOptions): Promise<OwnedProcess> {
    const { command, args, directory, log, uid } = options;
    const child = spawn('sh', ['-c', guard, 'guard', directory, log, command, ...args], {
      stdio: ['pipe', 'pipe', 'inherit'],
      cwd: directory,
      ...(uid === undefined ? {} : { uid }),
    });
    const [line] = (await once(createInterface({ input: child.stdout }), 'line')) as [string];
    child.unref();
    return new OwnedProcess(child, Number(line), log);
  }

  /** Sends a signal to the server itself. */
  signal(signal: NodeJS.Signals): void {
    if (this.running) process.kill(this.pid, signal);
  }

  /** Sends `signal` and waits until the process is gone; after ten seconds it is killed. */
  async end(signal: NodeJS.Signals): Promise<void> {
    if (!this.running) return;
    this.signal('SIGCONT');
    this.signal(signal);
    const impatience = setTimeout(() => this.signal('SIGKILL'), 10_000);
    this.#child.ref();
    await this.exited;
    clearTimeout(impatience);
  }

  /** Tries `ready` until it succeeds. Throws what the server printed if it exits before. */
  async until(ready: () => Promise<unknown>, milliseconds = 30_000): Promise<void> {
    const deadline = Date.now() + milliseconds;
    for (;;) {
      try {
        await ready();
        return;
      } catch (error) {
        if (!this.running || Date.now() > deadline) {
          const printed = await readFile(this.#log, 'utf8').catch(() => '');
          throw new Error(`The server did not start. It printed:\n${printed}`, { cause: error });
        }
      }
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
}

/** A TCP port on 127.0.0.1 that nothing listens on just now. */
export async function freePort(): Promise<number> {
  for (;;) {
    // Below the range that operating systems hand to outgoing connections, and low enough that a
    // Redis Cluster bus, ten thousand above, is a port too.
    const port = 20_000 + Math.floor(Math.random() * 10_000);
    if ((await isFree(port)) && (await isFree(port + 10_000))) return port;
  }
}

async function isFree(port: number): Promise<boolean> {
  const probe = createServer();
  try {
    probe.listen(port, '127.0.0.1');
    await once(probe, 'listening');
    return true;
  } catch {
    return false;
  } finally {
    probe.close();
  }
}
