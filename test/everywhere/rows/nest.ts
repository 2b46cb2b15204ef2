// A NestJS application, compiled to CommonJS as `nest build` does it.
import type { Row } from '../row.js';

const compilerOptions = {
  module: 'commonjs',
  moduleResolution: 'node10',
  target: 'es2022',
  experimentalDecorators: true,
  emitDecoratorMetadata: true,
  esModuleInterop: true,
  strict: true,
  skipLibCheck: true,
  types: ['node'],
  outDir: 'dist',
};

const rows: Row[] = ['11', '12'].map((release) => ({
  part: 'Test runners and loaders',
  tool: `NestJS ${release}`,
  done: 'an application with the storage as a provider, compiled by tsc to CommonJS',
  project: {
    name: `nest-${release}`,
    type: 'commonjs',
    packages: {
      '@nestjs/common': `^${release}.0.0`,
      '@nestjs/core': `^${release}.0.0`,
      '@shopify/shopify-api': '^15.0.0',
      '@types/node': '^20.19.0',
      keyv: '^5.6.0',
      'reflect-metadata': '^0.2.0',
      rxjs: '^7.0.0',
      typescript: '~5.9.0',
    },
  },
  async run(project) {
    await project.copy('nest/main.ts', 'src/main.ts');
    await project.copy('scenario.ts', 'src/scenario.ts');
    await project.write('tsconfig.json', JSON.stringify({ compilerOptions, include: ['src'] }));
    await project.node(project.program('typescript/bin/tsc'), ['-p', '.']);
    await project.node('dist/main.js');
    return project.version('@nestjs/core');
  },
}));

export default rows;
