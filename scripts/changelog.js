// CHANGELOG.md and versions: `npm version` gives what is unreleased its version and date, and the
// release checks that a tag, package.json and CHANGELOG.md agree.
//
//   node scripts/changelog.js release       (run by `npm version`)
//   node scripts/changelog.js check v1.2.3
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** The changelog with `[Unreleased]` turned into a release, and an empty `[Unreleased]` above it. */
export function released(changelog, version, date) {
  const [, unreleased] =
    /^## \[Unreleased\]\n([\s\S]*?)(?=^## \[|$(?![\s\S]))/m.exec(changelog) ?? [];
  if (unreleased === undefined) throw new Error('CHANGELOG.md has no section [Unreleased].');
  if (unreleased.trim() === '') throw new Error('CHANGELOG.md says nothing under [Unreleased].');
  const twice = doubled(unreleased);
  if (twice !== undefined) throw new Error(`CHANGELOG.md has ${twice} twice under [Unreleased].`);
  return changelog.replace('## [Unreleased]\n', `## [Unreleased]\n\n## [${version}] - ${date}\n`);
}

/** A title that a release has more than once, such as `### Added`. */
function doubled(release) {
  const titles = release.match(/^### .*$/gm) ?? [];
  return titles.find((title, index) => titles.indexOf(title) !== index);
}

/** What is wrong with releasing `tag`; empty when it may be released. */
export function objections(changelog, version, tag) {
  const wrong = [];
  if (tag !== `v${version}`) wrong.push(`The tag is ${tag}, and package.json says ${version}.`);
  const [, newest, date] = /^## \[(\d[^\]]*)\](?: - (\S+))?/m.exec(changelog) ?? [];
  if (newest !== version) wrong.push(`The newest release in CHANGELOG.md is ${newest}.`);
  if (!/^\d{4}-\d{2}-\d{2}$/.test(date ?? ''))
    wrong.push(`CHANGELOG.md has no date for ${newest}.`);
  for (const [release, name] of changelog.matchAll(
    /^## \[([^\]]*)\][\s\S]*?(?=^## \[|$(?![\s\S]))/gm,
  )) {
    const twice = doubled(release);
    if (twice !== undefined) wrong.push(`CHANGELOG.md has ${twice} twice in [${name}].`);
  }
  return wrong;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [command, tag] = process.argv.slice(2);
  const file = new URL('../CHANGELOG.md', import.meta.url);
  const changelog = readFileSync(file, 'utf8');
  const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
  if (command === 'release') {
    writeFileSync(file, released(changelog, version, new Date().toISOString().slice(0, 10)));
  } else {
    const wrong = objections(changelog, version, tag ?? '');
    for (const line of wrong) console.error(line);
    process.exitCode = wrong.length === 0 ? 0 : 1;
  }
}
