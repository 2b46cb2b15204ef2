// A command waits for a file of SQLite that an app has locked for a moment, as it does while it writes.
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import Database from 'libsql';
import { expect, it, onTestFinished } from 'vitest';
import { packedProgram } from './program.js';
import { bothKeys, temporaryFolder } from './scene.js';

it('looks for sessions once the file is no longer locked', async () => {
  const program = await packedProgram();
  const path = join(await temporaryFolder(), 'database.sqlite');
  const app = new Database(path);
  onTestFinished(() => void app.close());
  app.exec(
    'CREATE TABLE shopify_sessions (id text, shop text, isOnline integer, accessToken text)',
  );
  app.exec('BEGIN EXCLUSIVE');

  const args = ['list', '--store', `sqlite:${path}`, '--allow-empty'];
  const listed = program.run(args, { env: bothKeys });
  // It meets the lock if it has started by then; it ends well in any case.
  await pause(1_500);
  app.exec('COMMIT');

  const { code, stderr } = await listed;
  expect(code, stderr).toBe(0);
});
