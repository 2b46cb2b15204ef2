// What `npm version` and the release do with CHANGELOG.md.
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { documentText, repository } from './documents.js';
import { run } from './run-program.js';

const unreleased =
  '# Changelog\n\n## [Unreleased]\n\n- Something new.\n\n## [1.0.0] - 2026-01-31\n';

/** Runs the script beside this changelog; answers how it ended, and the changelog afterwards. */
async function runScript(changelog: string, version: string, ...args: string[]) {
  const folder = await mkdtemp(join(tmpdir(), 'changelog-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  await mkdir(join(folder, 'scripts'));
  const script = join(folder, 'scripts/changelog.js');
  await cp(fileURLToPath(new URL('scripts/changelog.js', repository)), script);
  await writeFile(join(folder, 'package.json'), JSON.stringify({ type: 'module', version }));
  await writeFile(join(folder, 'CHANGELOG.md'), changelog);
  const ended = await run(process.execPath, [script, ...args], { cwd: folder });
  return { ...ended, changelog: await readFile(join(folder, 'CHANGELOG.md'), 'utf8') };
}

test('a release gets what was unreleased, with its version and date', async () => {
  const { code, changelog } = await runScript(unreleased, '1.1.0', 'release');
  expect(code).toBe(0);
  expect(changelog).toMatch(
    /## \[Unreleased\]\n\n## \[1\.1\.0\] - \d{4}-\d{2}-\d{2}\n\n- Something new\.\n\n## \[1\.0\.0\]/,
  );
  expect(await runScript(changelog, '1.1.0', 'check', 'v1.1.0')).toMatchObject({ code: 0 });
});

test('a release without a word of what changed is refused', async () => {
  const silent = unreleased.replace('- Something new.\n\n', '');
  const { code, stderr, changelog } = await runScript(silent, '1.1.0', 'release');
  expect(code).not.toBe(0);
  expect(stderr).toContain('says nothing under [Unreleased]');
  expect(changelog).toBe(silent);
});

test('a section twice in a release, as after two were made one, is refused', async () => {
  const sections = '### Added\n\n- One.\n\n### Added\n\n- Two.\n';
  const twice = unreleased.replace('- Something new.\n', sections);
  const release = await runScript(twice, '1.1.0', 'release');
  expect(release.code).not.toBe(0);
  expect(release.stderr).toContain('has ### Added twice under [Unreleased]');
  expect(release.changelog).toBe(twice);
  // The very first release is made by hand.
  const byHand = unreleased.replace('01-31\n', `01-31\n\n${sections}`);
  const check = await runScript(byHand, '1.0.0', 'check', 'v1.0.0');
  expect(check).toMatchObject({ code: 1 });
  expect(check.stderr).toContain('has ### Added twice in [1.0.0]');
});

test.each([
  ['a tag of another version', unreleased, '1.0.0', 'v1.0.1', 'The tag is v1.0.1'],
  ['a changelog that lacks the version', unreleased, '1.1.0', 'v1.1.0', 'is 1.0.0'],
  ['a version without a date', '## [1.1.0]\n', '1.1.0', 'v1.1.0', 'no date'],
])('%s is not published', async (_, changelog, version, tag, message) => {
  const { code, stderr } = await runScript(changelog, version, 'check', tag);
  expect(code).toBe(1);
  expect(stderr).toContain(message);
});

test('the newest release in CHANGELOG.md is the version of package.json', () => {
  const { version } = JSON.parse(documentText('package.json'));
  expect(/^## \[(\d[^\]]*)\]/m.exec(documentText('CHANGELOG.md'))?.[1]).toBe(version);
});
