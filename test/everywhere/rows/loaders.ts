// Loaders and the other test runners, in a CommonJS project and in one of ES modules.
import { compiled } from '../compile.js';
import type { Project } from '../project.js';
import type { ProjectDescription, Row } from '../row.js';

const packages = {
  '@shopify/shopify-api': '^15.0.0',
  '@types/node': '^20.19.0',
  keyv: '^5.6.0',
  mocha: '^11.0.0',
  'ts-node': '^10.9.0',
  tsx: '^4.0.0',
  typescript: '~5.9.0',
  vitest: '^4.0.0',
};
const commonJs: ProjectDescription = { name: 'loaders-commonjs', type: 'commonjs', packages };
const esModules: ProjectDescription = { name: 'loaders', packages };

const main =
  "import { scenario } from './scenario';\nvoid scenario().then(() => console.log('done'));\n";
const mainOfModules = main.replace("'./scenario'", "'./scenario.ts'");

async function expectDone(output: Promise<string>): Promise<void> {
  if (!(await output).includes('done')) throw new Error(`It did nothing: ${await output}`);
}

async function runTypeScript(project: Project, loader: string, source: string): Promise<void> {
  await project.copy('scenario.ts');
  await project.write('main.ts', source);
  const compilerOptions = {
    module: 'commonjs',
    moduleResolution: 'node10',
    target: 'es2022',
    strict: true,
    skipLibCheck: true,
  };
  await project.write('tsconfig.json', JSON.stringify({ compilerOptions }));
  await expectDone(project.node(project.program(loader), ['main.ts']));
}

const row = { part: 'Test runners and loaders' } as const;

const rows: Row[] = [
  {
    ...row,
    tool: 'ts-node',
    done: 'TypeScript to CommonJS',
    project: commonJs,
    async run(project) {
      await runTypeScript(project, 'ts-node/dist/bin.js', main);
      return project.version('ts-node');
    },
  },
  {
    ...row,
    tool: 'tsx',
    done: 'a CommonJS project',
    project: commonJs,
    async run(project) {
      await runTypeScript(project, 'tsx/dist/cli.mjs', main);
      return project.version('tsx');
    },
  },
  {
    ...row,
    tool: 'tsx',
    done: 'ES modules',
    project: esModules,
    async run(project) {
      await runTypeScript(project, 'tsx/dist/cli.mjs', mainOfModules);
      return project.version('tsx');
    },
  },
  {
    ...row,
    tool: 'Mocha',
    done: 'a CommonJS project',
    project: commonJs,
    async run(project) {
      await project.write('mocha/scenario.js', await compiled('scenario.ts', 'commonjs'));
      await project.write(
        'mocha/app.js',
        "const { scenario } = require('./scenario');\nit('works', scenario);\n",
      );
      await project.node(project.program('mocha/bin/mocha.js'), ['--exit', 'mocha/app.js']);
      return project.version('mocha');
    },
  },
  {
    ...row,
    tool: 'Mocha',
    done: 'ES modules',
    project: esModules,
    async run(project) {
      await project.write('mocha/scenario.js', await compiled('scenario.ts', 'module'));
      await project.write(
        'mocha/app.js',
        "import { scenario } from './scenario.js';\nit('works', scenario);\n",
      );
      await project.node(project.program('mocha/bin/mocha.js'), ['--exit', 'mocha/app.js']);
      return project.version('mocha');
    },
  },
  {
    ...row,
    tool: 'Vitest',
    done: 'default settings, and with every package inlined',
    project: esModules,
    async run(project) {
      await project.copy('scenario.ts', 'vitest/scenario.ts');
      await project.write(
        'vitest/app.test.ts',
        "import { test } from 'vitest';\nimport { scenario } from './scenario';\ntest('works', scenario);\n",
      );
      const vitest = project.program('vitest/vitest.mjs');
      const inlined = {
        test: { server: { deps: { inline: ['shopify-app-session-storage-encrypted'] } } },
      };
      for (const [name, config] of Object.entries({ plain: {}, inlined })) {
        await project.write(
          `vitest/${name}.config.mjs`,
          `export default ${JSON.stringify(config)};`,
        );
        await project.node(vitest, ['run', '--root', 'vitest', '--config', `${name}.config.mjs`]);
      }
      return project.version('vitest');
    },
  },
];

export default rows;
