// Session storages that are not Shopify's, as they are published.
import { compiled } from '../compile.js';
import { postgresPlace } from '../places.js';
import type { Row } from '../row.js';

const adaptable = '@bazaarforge/shopify-app-session-storage-adaptable-postgresql';

const row: Row = {
  part: 'Session storages',
  tool: adaptable,
  done: 'on PostgreSQL, bare and wrapped',
  project: {
    name: 'adaptable-postgresql',
    packages: {
      [adaptable]: '1.0.0-alpha.2',
      '@shopify/shopify-api': '^11.8.1',
      pg: '^8.22.0',
      'pg-connection-string': '^2.7.0',
      'pg-promise': '^11.9.0',
    },
  },
  async run(project) {
    const app = await compiled('session-storages/adaptable-postgresql.ts', 'module');
    const file = await project.write('app.mjs', app);
    const place = await postgresPlace();
    try {
      await project.node(file, [], { env: { STORE_URL: place.url } });
    } finally {
      await place.remove();
    }
    return project.version(adaptable);
  },
};

export default row;
