// A workspace whose apps have different releases of shopify-api, and share this package.
import { compiled } from '../compile.js';
import type { Row } from '../row.js';

const releases = ['11', '13', '15'];

const row: Row = {
  part: 'Test runners and loaders',
  tool: 'npm workspace',
  done: 'apps with shopify-api 11, 13 and 15 share one installation, each in ES modules and in CommonJS',
  project: {
    name: 'workspace',
    packages: { keyv: '^5.6.0' },
    workspaces: Object.fromEntries(
      releases.map((release) => [
        `apps/with-${release}`,
        { '@shopify/shopify-api': `^${release}.0.0` },
      ]),
    ),
  },
  async run(project) {
    for (const release of releases) {
      const folder = `apps/with-${release}`;
      await project.write(`${folder}/main.mjs`, await compiled('workspace/main.ts', 'module'));
      await project.write(`${folder}/main.cjs`, await compiled('workspace/main.ts', 'commonjs'));
      for (const file of ['main.mjs', 'main.cjs']) {
        const output = await project.node(project.path(folder, file));
        if (!output.includes('done')) throw new Error(`${folder}/${file}: ${output}`);
      }
    }
    return `shopify-api ${releases.join(', ')}`;
  },
};

export default row;
