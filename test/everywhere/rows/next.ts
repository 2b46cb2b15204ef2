// Next, built to be run by itself, with a route on Node and one in the edge sandbox.

import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../free-port.js';
import { postgresPlace } from '../places.js';
import type { Row } from '../row.js';

const rows: Row[] = ['15', '16'].map((release) => ({
  part: 'Bundlers',
  tool: `Next ${release}`,
  done: 'a standalone build, moved: a route on Node over PostgreSQL, and one in the edge sandbox',
  project: {
    name: `next-${release}`,
    packages: {
      '@shopify/shopify-api': '^15.0.0',
      '@types/node': '^20.19.0',
      '@types/react': '^19.0.0',
      next: `^${release}.0.0`,
      pg: '^8.22.0',
      react: '^19.0.0',
      'react-dom': '^19.0.0',
      typescript: '~5.9.0',
    },
  },
  async run(project) {
    await project.copy('next/server-route.ts', 'app/server/route.ts');
    await project.copy('next/edge-route.ts', 'app/edge/route.ts');
    const layout = 'export default function Layout({ children }) {\n  return children;\n}\n';
    await project.write('app/layout.jsx', layout);
    const config = {
      output: 'standalone',
      outputFileTracingRoot: project.folder,
      ...(release === '15' ? { eslint: { ignoreDuringBuilds: true } } : {}),
      typescript: { ignoreBuildErrors: true },
    };
    await project.write('next.config.mjs', `export default ${JSON.stringify(config)};\n`);
    await project.node(project.program('next/dist/bin/next'), ['build']);
    const moved = await mkdtemp(join(tmpdir(), 'bundled-'));
    const place = await postgresPlace();
    const port = await freePort();
    await cp(project.path('.next/standalone'), moved, { recursive: true });
    const env = { STORE_URL: place.url, PORT: String(port), HOSTNAME: '127.0.0.1' };
    const server = project.start(process.execPath, [join(moved, 'server.js')], { cwd: moved, env });
    try {
      await server.line('.*Ready');
      for (const path of ['server', 'edge']) {
        const response = await fetch(`http://127.0.0.1:${port}/${path}`);
        const answer = await response.text();
        if (answer !== 'the token is a token')
          throw new Error(`/${path}: ${response.status} ${answer.slice(0, 500)}`);
      }
    } finally {
      server.kill();
      await place.remove();
      await rm(moved, { recursive: true, force: true });
    }
    return project.version('next');
  },
}));

export default rows;
