// Runs an app of `apps/server` on real servers, and sends it what to do.
import { randomBytes } from 'node:crypto';
import { dirname } from 'node:path';
import { mysqlPlace, type Place, postgresPlace, redisPlace } from './places.js';
import type { Project } from './project.js';

/** Node with its own SQLite. */
const newNode = `node-${process.platform}-${process.arch}/bin/node`;

export interface Store {
  readonly name: string;
  readonly variants: readonly ('keyv' | 'url')[];
  /** Of the projects's packages. Default: the Node that runs the tests. */
  readonly node?: string;
  create(): Promise<Place>;
}

const embedded = (url: string) => async () => ({ url, remove: async () => {} });

export const stores: readonly Store[] = [
  { name: 'memory', variants: ['keyv', 'url'], create: embedded('memory:') },
  { name: 'sqlite', variants: ['url'], create: embedded('sqlite:sessions.db'), node: newNode },
  { name: 'redis', variants: ['keyv', 'url'], create: redisPlace },
  { name: 'postgres', variants: ['keyv', 'url'], create: postgresPlace },
  { name: 'mysql', variants: ['url'], create: mysqlPlace },
];

/** Runs the app `file`, in its own folder, on a store. */
export async function tryStore(
  project: Project,
  file: string,
  store: Store,
  variant: string,
): Promise<void> {
  const place = await store.create();
  const node = store.node === undefined ? process.execPath : project.program(store.node);
  const key = randomBytes(32).toString('base64url');
  const env = {
    STORE_URL: place.url,
    PLACE: `everywhere-${randomBytes(6).toString('hex')}`,
    SESSION_ENCRYPTION_KEYS: `k1:${key}`,
  };
  const app = project.start(node, [file], { cwd: dirname(file), env });
  try {
    await ask(app, 'store', 'loaded');
    // @keyv/postgres ends the process then, as the documents say.
    const endsWithConnection = variant === 'keyv' && store.name === 'postgres';
    if (place.cutConnections !== undefined && !endsWithConnection) {
      await place.cutConnections();
      await ask(app, 'load', 'loaded');
    }
    await ask(app, 'remove', 'removed');
    app.say('end');
    await app.end();
  } finally {
    app.kill();
    await place.remove();
  }
}

async function ask(
  app: ReturnType<Project['start']>,
  command: string,
  expected: string,
): Promise<void> {
  app.say(command);
  const answer = await app.line(`${command}: `);
  if (answer !== expected) throw new Error(answer);
}
