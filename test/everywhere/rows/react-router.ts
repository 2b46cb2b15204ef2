// The server build of React Router, as Shopify's template has it, with every package in it.
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { postgresPlace } from '../places.js';
import type { Row } from '../row.js';

const row: Row = {
  part: 'Bundlers',
  tool: 'React Router 7',
  done: 'a server build with every package in it, run without node_modules on PostgreSQL',
  project: {
    name: 'react-router',
    packages: {
      '@react-router/dev': '^7.0.0',
      '@react-router/node': '^7.0.0',
      '@shopify/shopify-api': '^15.0.0',
      isbot: '^5.0.0',
      pg: '^8.22.0',
      react: '^19.0.0',
      'react-dom': '^19.0.0',
      'react-router': '^7.0.0',
      vite: '^7.0.0',
    },
  },
  async run(project) {
    await project.copy('react-router/root.tsx', 'app/root.tsx');
    await project.copy('react-router/home.tsx', 'app/routes/home.tsx');
    await project.write(
      'app/routes.ts',
      "import { index } from '@react-router/dev/routes';\nexport default [index('routes/home.tsx')];\n",
    );
    await project.write(
      'vite.config.mjs',
      "import { reactRouter } from '@react-router/dev/vite';\nexport default { plugins: [reactRouter()], ssr: { noExternal: true } };\n",
    );
    await project.node(project.program('@react-router/dev/bin.js'), ['build']);
    const moved = await mkdtemp(join(tmpdir(), 'bundled-'));
    const place = await postgresPlace();
    try {
      await cp(project.path('build'), moved, { recursive: true });
      const script =
        "import('./server/index.js').then(async ({ routes }) => console.log(await routes['routes/home'].module.loader({})))";
      const output = await project.execute(
        process.execPath,
        ['--eval', `${script}.then(() => process.exit())`],
        { cwd: moved, env: { STORE_URL: place.url } },
      );
      if (!output.includes('the token is a token')) throw new Error(output);
    } finally {
      await place.remove();
      await rm(moved, { recursive: true, force: true });
    }
    return project.version('@react-router/dev');
  },
};

export default row;
