// How much memory re-encryption needs, by the number of sessions: each in a process of its own.
import { fork } from 'node:child_process';
import { Keyring } from '../../src/index.js';
import { generateKey } from '../../src/key-ring/index.js';
import type { Server } from '../storages/servers.js';
import type { MemoryRun, MemoryTask } from './memory-child.js';
import { seedSessions } from './seed-sessions.js';

/** What one run took. */
export interface MemoryResult extends MemoryRun {
  readonly backend: Server['backend'];
  readonly sessions: number;
}

export async function measureMemory(server: Server, sessions: number): Promise<MemoryResult> {
  const [oldKey, newKey] = ['2026-05', '2026-11'].map((kid) => generateKey({ kid }).text);
  const prefix = `${server.prefix}-memory`;
  try {
    await seedSessions(server, prefix, sessions, Keyring.parse(String(oldKey)));
    const run = await runChild({ url: server.url, prefix, keys: `${newKey},${oldKey}` });
    if (run.reencrypted !== sessions) throw new Error(`Only ${run.reencrypted} of ${sessions}`);
    return { backend: server.backend, sessions, ...run };
  } finally {
    await server.clear();
  }
}

function runChild(task: MemoryTask): Promise<MemoryRun> {
  return new Promise((resolve, reject) => {
    const child = fork(new URL('memory-child.js', import.meta.url), { serialization: 'json' });
    child.on('error', reject);
    child.on('exit', (code) => reject(new Error(`The child process ended with ${code}`)));
    child.on('message', (run) => resolve(run as MemoryRun));
    child.send(task);
  });
}
