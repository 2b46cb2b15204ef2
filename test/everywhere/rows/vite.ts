// Vite's build for servers, with every package in it.
import { bundledAndRun, bundlers, tryBundler } from '../bundled-app.js';
import type { Row } from '../row.js';

const config = { ssr: { noExternal: true }, build: { emptyOutDir: true }, logLevel: 'error' };

// The Rolldown in Vite 8.0.10 takes names in a bundle twice, if a package lets it.
const rows: Row[] = ['vite-7', 'vite-8', 'vite-8.0.10'].map((name) => ({
  part: 'Bundlers',
  tool: `Vite ${name.replace('vite-', '')}, SSR`,
  done: bundledAndRun,
  project: bundlers,
  async run(project) {
    await project.write(`${name}.config.mjs`, `export default ${JSON.stringify(config)};`);
    await tryBundler(project, name, async (_project, source, folder) => {
      const parameters = [
        'build',
        '--ssr',
        source,
        '--outDir',
        folder,
        '--config',
        `${name}.config.mjs`,
      ];
      await project.node(project.program(`${name}/bin/vite.js`), parameters);
      return { folder, file: 'server.js' };
    });
    return project.version(name);
  },
}));

export default rows;
