// The oldest and the newest release of each driver that `openSessionStorage` takes.
import { compiled } from '../compile.js';
import type { Row } from '../row.js';
import { type Store, stores, tryStore } from '../run-app.js';

/** By name of the store: the driver, and the releases that are tried. */
const drivers: Readonly<Record<string, readonly [name: string, ...releases: string[]]>> = {
  redis: ['redis', '4.6.0', '^5.0.0', '^6.0.0'],
  postgres: ['pg', '8.11.0', '^8.0.0'],
  mysql: ['mysql2', '3.0.0', '^3.0.0'],
};

function rowFor(store: Store, driver: string, release: string): Row {
  const oldest = /^\d/.test(release);
  return {
    part: 'Drivers',
    tool: oldest ? `${driver} ${release}` : `${driver} ${release.slice(1).split('.')[0]}`,
    done: `openSessionStorage over ${store.name}${oldest ? ', the oldest release' : ', the newest release'}`,
    project: {
      name: `${driver}-${release.replace(/\D+/g, '-')}`,
      packages: { '@shopify/shopify-api': '^15.0.0', [driver]: release },
    },
    async run(project) {
      const server = await compiled('server/server.ts', 'module');
      const file = await project.write('server.mjs', server.replace('./store.js', './store.mjs'));
      await project.write('store.mjs', await compiled('server/url.ts', 'module'));
      await tryStore(project, file, store, 'url');
      return project.version(driver);
    },
  };
}

const rows: Row[] = stores.flatMap((store) => {
  const [driver, ...releases] = drivers[store.name] ?? [];
  return driver === undefined ? [] : releases.map((release) => rowFor(store, driver, release));
});

export default rows;
