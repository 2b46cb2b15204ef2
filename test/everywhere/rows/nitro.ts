// Nitro, which Nuxt and TanStack Start build servers with: it copies the packages that a server uses.
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../free-port.js';
import { postgresPlace } from '../places.js';
import type { Row } from '../row.js';

const releases = [
  { release: 2, name: 'nitropack' },
  { release: 3, name: 'nitro' },
];

const rows: Row[] = releases.map(({ release, name }) => ({
  part: 'Bundlers',
  tool: `Nitro ${release}`,
  done: 'a server of the preset node-server, moved: a route over PostgreSQL',
  project: {
    name,
    packages: { '@shopify/shopify-api': '^15.0.0', [name]: `^${release}.0.0`, pg: '^8.22.0' },
  },
  async run(project) {
    await project.copy('nitro/index.get.ts', 'routes/index.get.ts');
    await project.write(
      'nitro.config.ts',
      "export default { compatibilityDate: '2026-01-01', preset: 'node-server', serverDir: './' };\n",
    );
    await project.node(project.program(`${name}/dist/cli/index.mjs`), ['build']);
    const moved = await mkdtemp(join(tmpdir(), 'bundled-'));
    const [place, port] = [await postgresPlace(), await freePort()];
    await cp(project.path('.output'), moved, { recursive: true });
    const env = { STORE_URL: place.url, PORT: String(port), HOST: '127.0.0.1' };
    const file = join(moved, 'server/index.mjs');
    const server = project.start(process.execPath, [file], { cwd: moved, env });
    try {
      await server.line('.*Listening on');
      const response = await fetch(`http://127.0.0.1:${port}/`);
      const answer = await response.text();
      if (answer !== 'the token is a token')
        throw new Error(`${response.status} ${answer.slice(0, 500)}`);
    } finally {
      server.kill();
      await place.remove();
      await rm(moved, { recursive: true, force: true });
    }
    return project.version(name);
  },
}));

export default rows;
