// Prisma: the official storage, wrapped, and its catalog, with the client that each release generates.
import { readFile } from 'node:fs/promises';
import { compiled } from '../compile.js';
import { postgresPlace } from '../places.js';
import type { Row } from '../row.js';

const storage = '@shopify/shopify-app-session-storage-prisma';

// The command line would download engines that neither it nor the client needs.
const withoutEngines = {
  PRISMA_SCHEMA_ENGINE_BINARY: process.execPath,
  PRISMA_QUERY_ENGINE_LIBRARY: process.execPath,
  PRISMA_HIDE_UPDATE_MESSAGE: '1',
  CHECKPOINT_DISABLE: '1',
};

function rowFor(release: '6' | '7'): Row {
  const newest = `^${release}.0.0`;
  return {
    part: 'Session storages',
    tool: `Prisma ${release}`,
    done: 'the official storage on PostgreSQL, wrapped; its catalog: adopted, rotated, backed out',
    project: {
      name: `prisma-${release}`,
      packages: {
        [storage]: '^11.0.0',
        '@shopify/shopify-api': '^15.0.0',
        '@shopify/shopify-app-session-storage': '^7.0.0',
        '@prisma/adapter-pg': newest,
        '@prisma/client': newest,
        prisma: newest,
      },
      // The storage asks for Prisma 6. It imports `@prisma/client`, so 7 needs `prisma-client-js` too.
      overrides: { [storage]: { '@prisma/client': '$@prisma/client', prisma: '$prisma' } },
    },
    async run(project) {
      await project.write('schema.prisma', await schemaFor(release));
      const prisma = project.program('prisma/build/index.js');
      await project.node(prisma, ['generate', '--no-hints'], { env: withoutEngines });
      const file = await project.write('app.mjs', await compiled('prisma/app.ts', 'module'));
      const place = await postgresPlace();
      try {
        await project.node(file, [], { env: { STORE_URL: place.url } });
      } finally {
        await place.remove();
      }
      return project.version('prisma');
    },
  };
}

/** The model of the storage's README. Prisma 7 takes the database's URL from the app alone. */
async function schemaFor(release: '6' | '7'): Promise<string> {
  const file = new URL('../../conformance/backends/official-prisma.prisma', import.meta.url);
  const schema = (await readFile(file, 'utf8')).replace('"sqlite"', '"postgresql"');
  return release === '6' ? schema : schema.replace(/^ +(url|engineType) .*\n/gm, '');
}

export default [rowFor('6'), rowFor('7')];
