// `npm run check`: everything that is checked without running tests, on one screen: what is wrong,
// and how to mend it. `npm run check -- types lint` runs only some of it, and
// `npm run check -- --except docs` all but that.
import { runSteps } from './run-steps.js';

/**
 * Of TypeScript 7, which is several times as fast: npm may take `tsc` from the TypeScript 6 that tests have
 * beside it. On one thread it takes two thirds of the processor time.
 */
const tsc = 'node node_modules/typescript/bin/tsc --singleThreaded --pretty false';

/** What to run, two side by side: the packages take longest to install, and most of this needs none of them. */
const steps = [
  {
    name: 'packages',
    command: 'node test/install-packages.js',
    mend: 'npm cannot install what test/package.json names: see whether the registry is reachable.',
  },
  {
    name: 'lint',
    command: 'biome ci . --colors=off --diagnostic-level=warn --reporter=concise',
    noise:
      '^Checked .*|^Found \\d+ (errors?|warnings?|infos?)\\.|^ci ━+|^ *× Some (errors|warnings) were emitted.*',
    mend: 'npm run format does most of it; change the rest by hand.',
  },
  {
    name: 'sources',
    command: `${tsc} -p tsconfig.build.json --noEmit`,
    mend: 'the first error first: others often follow from it.',
  },
  {
    name: 'workflows',
    command: 'npm run --silent check:workflows',
    mend: 'the files in .github/workflows, where it says.',
  },
  {
    name: 'entries',
    command: 'node packaging/package-fields.js --check',
    mend: 'npm run generate writes into package.json what follows from the folders in src.',
  },
  {
    name: 'build',
    command: 'npm run --silent build',
    needs: ['sources'],
    mend: 'types are right and the build is not, so look at how it builds.',
  },
  {
    name: 'docs',
    command: 'npm run --silent docs',
    needs: ['sources'],
    mend: 'the docstrings that it names; npm run docs writes what they become to docs/api/site. Where it could not install docs/api/package.json: see whether the registry is reachable.',
  },
  {
    name: 'package',
    command: 'publint --strict',
    needs: ['build'],
    mend: 'package.json. https://publint.dev/rules explains each rule.',
  },
  {
    name: 'declarations',
    command: 'attw --pack',
    needs: ['build'],
    mend: 'exports and types in package.json. https://arethetypeswrong.github.io explains each problem.',
  },
  {
    name: 'types',
    command: `${tsc} -p tsconfig.json && ${tsc} -p packaging/tsconfig.json`,
    needs: ['packages', 'sources'],
    mend: 'the first error first: others often follow from it.',
  },
  {
    name: 'size',
    command: 'node packaging/budget.js --size',
    needs: ['build'],
    mend: 'publish less; raise a budget in packaging/budget.js only for a reason.',
  },
  {
    name: 'import-time',
    command: 'node packaging/budget.js --import-time',
    needs: ['build'],
    // It measures how long an import takes.
    alone: true,
    mend: 'import less, or later; raise a budget in packaging/budget.js only for a reason.',
  },
];

process.exitCode = await runSteps(steps, process.argv.slice(2));
