// The members of the report that docs/operating.md describes are those that the commands write as JSON.
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { interfaceMembers } from './interfaces.js';
import { keyOf, operator, storeSessions } from './operator.js';
import { run } from './run-program.js';

const place = operator('report-members');
const namesOf = (name: string) => interfaceMembers(name).map((member) => member.name);

test.each([
  ['status', ['store', 'place', 'atomic', 'warnings']],
  ['rotate', ['store', 'place']],
])('%s --json', async (command, head) => {
  const [oldKey, newKey] = [keyOf('old'), keyOf('new')];
  const store = `sqlite:${join(place.folder, `${command}.db`)}`;
  await storeSessions(store, oldKey);
  const program = 'node_modules/.bin/shopify-app-session-storage-encrypted';
  const ended = await run(program, [command, '--store', store, '--json'], {
    cwd: place.app,
    env: place.env({ SESSION_ENCRYPTION_KEYS: `${newKey},${oldKey}` }),
  });
  expect(ended.code, ended.stderr).toBe(0);
  const report = JSON.parse(ended.stdout);
  const members = namesOf('ReencryptionReport').filter((name) => name !== 'furtherFindings');
  expect(Object.keys(report).sort()).toEqual([...head, ...members].sort());
  expect(namesOf('KeyUsage')).toEqual(expect.arrayContaining(Object.keys(report.keys[0])));
  // What is stored now, and what the run leaves or would leave.
  expect(report.before.byKid).toEqual({ old: 3 });
  expect(report.byKid).toEqual({ new: 3 });
  const old = report.keys.find(({ kid }: { kid: string }) => kid === 'old');
  expect(old).toMatchObject(
    command === 'status' ? { sessions: 3, state: 'needed' } : { sessions: 0, state: 'removable' },
  );
});
