// Jest with its own defaults from a CommonJS project, with ts-jest and with babel-jest.
import { compiled } from '../compile.js';
import type { Project } from '../project.js';
import type { ProjectDescription, Row } from '../row.js';

const test = (syntax: string) =>
  `${syntax}\ntest('an app keeps its sessions', () => scenario());\n`;
const imported = test("import { scenario } from './scenario';");
const required = test("const { scenario } = require('./scenario');");

function jest(project: Project, folder: string): Promise<string> {
  return project.node(project.program('jest/bin/jest.js'), ['--no-cache'], {
    cwd: project.path(folder),
  });
}

const rows: Row[] = ['29', '30'].flatMap((major) => {
  const project: ProjectDescription = {
    name: `jest-${major}`,
    type: 'commonjs',
    packages: {
      '@babel/core': '^7.0.0',
      '@babel/preset-env': '^7.0.0',
      '@babel/preset-typescript': '^7.0.0',
      '@shopify/shopify-api': '^15.0.0',
      '@types/jest': `^${major}.0.0`,
      'babel-jest': `^${major}.0.0`,
      jest: `^${major}.0.0`,
      keyv: '^5.6.0',
      'ts-jest': '^29.4.0',
      typescript: '~5.9.0',
    },
  };
  const row = { part: 'Test runners and loaders', project } as const;
  return [
    {
      ...row,
      tool: `Jest ${major}`,
      done: 'default settings, CommonJS',
      quick: major === '30',
      async run(folder) {
        await folder.write('plain/scenario.js', await compiled('scenario.ts', 'commonjs'));
        await folder.write('plain/app.test.js', required);
        await folder.write('plain/package.json', '{}');
        await jest(folder, 'plain');
        return folder.version('jest');
      },
    },
    {
      ...row,
      tool: `Jest ${major}, ts-jest`,
      done: 'TypeScript to CommonJS',
      async run(folder) {
        await folder.copy('scenario.ts', 'ts-jest/scenario.ts');
        await folder.write('ts-jest/app.test.ts', imported);
        await folder.write('ts-jest/jest.config.js', "module.exports = { preset: 'ts-jest' };");
        const compilerOptions = {
          module: 'commonjs',
          moduleResolution: 'node10',
          target: 'es2022',
          strict: true,
          skipLibCheck: true,
        };
        await folder.write('ts-jest/tsconfig.json', JSON.stringify({ compilerOptions }));
        await jest(folder, 'ts-jest');
        return `${await folder.version('jest')}, ${await folder.version('ts-jest')}`;
      },
    },
    {
      ...row,
      tool: `Jest ${major}, babel-jest`,
      done: 'TypeScript through Babel',
      async run(folder) {
        await folder.copy('scenario.ts', 'babel/scenario.ts');
        await folder.write('babel/app.test.ts', imported);
        const presets = [
          ['@babel/preset-env', { targets: { node: 'current' } }],
          '@babel/preset-typescript',
        ];
        await folder.write(
          'babel/babel.config.js',
          `module.exports = ${JSON.stringify({ presets })};`,
        );
        await folder.write('babel/jest.config.js', 'module.exports = {};');
        await jest(folder, 'babel');
        return `${await folder.version('jest')}, ${await folder.version('babel-jest')}`;
      },
    },
  ] satisfies Row[];
});

export default rows;
