// TypeScript: an app in ES modules and in CommonJS, under every module resolution, without
// @types/node and without `skipLibCheck`.
import { fileURLToPath } from 'node:url';
import type { Project } from '../project.js';
import type { ProjectDescription, Row } from '../row.js';

const versions = ['5.0', '5.4', '5.9', '6', '7'];
const compilers = Object.fromEntries(
  versions.map((version) => [`typescript-${version}`, `npm:typescript@${version}`]),
);
const alone: ProjectDescription = { name: 'typescript', packages: compilers };
const withPeers: ProjectDescription = {
  name: 'typescript-with-peers',
  packages: {
    ...compilers,
    '@shopify/shopify-api': '^15.0.0',
    keyv: '^5.6.0',
    '@types/node': '^20.19.0',
  },
};

interface Resolution {
  readonly name: string;
  readonly module: string;
  /** As which files the app is compiled: `.mts` and `.cts` in one compilation. */
  readonly extensions: readonly string[];
  fits?(version: string): boolean;
}

const resolutions: readonly Resolution[] = [
  // TypeScript 7 has it no more.
  { name: 'node10', module: 'commonjs', extensions: ['ts'], fits: (version) => version !== '7' },
  { name: 'node16', module: 'node16', extensions: ['mts', 'cts'] },
  { name: 'nodenext', module: 'nodenext', extensions: ['mts', 'cts'] },
  { name: 'bundler', module: 'esnext', extensions: ['ts'] },
];

async function compile(
  project: Project,
  version: string,
  app: string,
  options: object,
): Promise<void> {
  const installed = await project.version(`typescript-${version}`);
  for (const { name, module, extensions, fits } of resolutions) {
    if (fits?.(version) === false) continue;
    const files: string[] = [];
    for (const extension of extensions) {
      files.push(await project.copy(`types/${app}.ts`, `${name}/${app}.${extension}`));
    }
    const compilerOptions = {
      target: 'es2022',
      lib: ['es2022'],
      module,
      moduleResolution: name,
      strict: true,
      exactOptionalPropertyTypes: true,
      noEmit: true,
      types: [],
      ...(name === 'node10' && version === '6' ? { ignoreDeprecations: '6.0' } : {}),
      ...options,
    };
    const config = `${name}/tsconfig-${version}-${app}.json`;
    await project.write(config, JSON.stringify({ compilerOptions, files }));
    const compiler = project.program(
      `typescript-${version}/${installed.startsWith('7') ? 'bin/tsc' : 'lib/tsc.js'}`,
    );
    await project.node(compiler, ['-p', config, '--pretty', 'false']);
  }
}

const rows: Row[] = versions.flatMap((version) => [
  {
    part: 'TypeScript',
    tool: `TypeScript ${version}`,
    done: `${version === '7' ? '' : 'node10, '}node16, nodenext, bundler; ES modules and CommonJS; without @types/node, \`skipLibCheck\` off`,
    quick: version === '5.0' || version === '7',
    project: alone,
    async run(project) {
      await compile(project, version, 'app', { skipLibCheck: false });
      return project.version(`typescript-${version}`);
    },
  },
  {
    part: 'TypeScript',
    tool: `TypeScript ${version}`,
    done: 'the same with @shopify/shopify-api and keyv, whose own declarations are not checked',
    project: withPeers,
    async run(project) {
      await compile(project, version, 'peers', { skipLibCheck: true, types: ['node'] });
      return project.version(`typescript-${version}`);
    },
  },
]);

/** What `npm test` compiles with the newest TypeScript only: `test/types`. */
const everyRelease: Row = {
  part: 'TypeScript',
  tool: 'TypeScript 5.0',
  done: 'nodenext, bundler: @shopify/shopify-api 1 to 15, the frameworks on it, their storages, and keyv',
  project: alone,
  async run(project) {
    const cwd = fileURLToPath(new URL('../../../', import.meta.url));
    const declarations = 'node_modules/.cache/type-tests/declarations';
    await project.node('test/install-packages.js', [], { cwd });
    await project.node('packaging/build.js', ['--out', declarations], { cwd });
    for (const config of ['tsconfig.json', 'tsconfig.bundler.json']) {
      const compiler = project.program('typescript-5.0/lib/tsc.js');
      await project.node(compiler, ['-p', `test/types/${config}`], { cwd });
    }
    return project.version('typescript-5.0');
  },
};

export default [...rows, everyRelease];
