// Installs what test/package.json names, unless that is done: packages that only tests need and that
// would compile or download something in the main install. Run by `npm test` and `npm run check`;
// `npm run docs` has the packages of docs/api installed so.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath, pathToFileURL } from 'node:url';

/** The packages of a lock file, by their paths; none if there is no such file. */
function packagesOf(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8')).packages;
  } catch {
    return {};
  }
}

/** Whether what is installed is what the lock file names, whenever either was written. */
function isInstalled(folder) {
  const installed = packagesOf(new URL('node_modules/.package-lock.json', folder));
  return Object.entries(packagesOf(new URL('package-lock.json', folder))).every(
    ([path, { version, optional }]) =>
      path === '' ||
      (installed[path] === undefined ? optional === true : installed[path].version === version),
  );
}

function installIn(folder) {
  if (isInstalled(folder)) return;
  console.log(`Installing what ${fileURLToPath(new URL('package.json', folder))} names …`);
  execFileSync('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--fetch-retries=1'], {
    cwd: folder,
    stdio: ['ignore', 'ignore', 'inherit'],
    shell: process.platform === 'win32',
  });
}

export default function installPackages() {
  installIn(new URL('./', import.meta.url));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [, , other] = process.argv;
  if (other === undefined) installPackages();
  else installIn(pathToFileURL(`${other}/`));
}
