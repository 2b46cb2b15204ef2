// What is in version control: nothing that a test has left.
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { repository } from './documents.js';

const root = fileURLToPath(repository);

// A copy without version control has none to look at.
test.runIf(existsSync(new URL('.git', repository)))(
  'no file is tracked that a test has left: a database, or a name made of a URL',
  () => {
    const files = execFileSync('git', ['ls-files', '-z'], { cwd: root }).toString().split('\0');
    expect(files).toContain('package.json');
    const strange = files.filter(
      (file) => !/^[\w./@$-]*$/.test(file) || /\.(?:db|sqlite3?|log|tgz)$/.test(file),
    );
    expect(strange).toEqual([]);
  },
);
