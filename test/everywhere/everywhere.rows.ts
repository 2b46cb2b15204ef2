// Tries the packed package with every tool and runtime of the folder `rows`, and writes what came of
// it to results.json, from which docs/compatibility.md is generated. Run by `npm run test:everywhere`.
import { readdirSync } from 'node:fs';
import { afterAll, beforeAll, describe, inject, it } from 'vitest';
import { install, type Project } from './project.js';
import {
  type ProjectDescription,
  parts,
  type Row,
  type RowResult,
  type RuntimeRow,
} from './row.js';
import { printTable, writeResults } from './table.js';

const isQuick = inject('quick');
const folder = new URL('rows/', import.meta.url);
const rows: Row[] = [];
for (const name of readdirSync(folder).sort()) {
  const { default: found } = (await import(new URL(name, folder).href)) as { default: Row | Row[] };
  rows.push(...[found].flat().filter(({ quick }) => quick === true || !isQuick));
}
rows.sort((one, other) => parts.indexOf(one.part) - parts.indexOf(other.part));

const results = new Map<Row, RowResult>();
const projects = new Map<string, Promise<Project>>();

/** Rows that name the same project share its folder. */
function projectOf({ project }: { project: ProjectDescription }): Promise<Project> {
  const found = projects.get(project.name) ?? install(project, inject('tarball'));
  projects.set(project.name, found);
  return found;
}

function note({ part, tool, done }: Row, version: string, result: string): RowResult {
  return { part, tool, version, done, result };
}

describe.each(parts.filter((part) => rows.some((row) => row.part === part)))('%s', (part) => {
  it.for(rows.filter((row) => row.part === part))('$tool: $done', async (row) => {
    results.set(row, note(row, '', 'fails'));
    const version = await row.run(await projectOf(row));
    results.set(row, note(row, version, 'works'));
  });
});

const runtimes = rows.filter((row): row is RuntimeRow => 'seal' in row);

describe.runIf(runtimes.length > 0)('what one runtime seals', () => {
  const sealed: string[] = [];

  beforeAll(async () => {
    for (const row of runtimes) sealed.push(await row.seal(await projectOf(row)));
  });

  it.for(runtimes)('$tool opens what all of them sealed', async (row) => {
    await row.open(await projectOf(row), sealed);
  });
});

afterAll(() => {
  const found = [...results.values()];
  printTable(found);
  if (!isQuick) writeResults(found, rows);
});
