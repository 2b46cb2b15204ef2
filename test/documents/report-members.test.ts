// What the documents say of reports, members of JSON and lines for people, is what the commands write.
import { join } from 'node:path';
import { Keyv } from 'keyv';
import { expect, test } from 'vitest';
import { describeOutcomes } from '../../src/cli/reencryption-text.js';
import { Keyring, KeyvSessionStorage, reencryptSessions } from '../../src/index.js';
import { sources, sourceText } from './docstrings.js';
import { documentText, tableRows } from './documents.js';
import { interfaceMembers } from './interfaces.js';
import { keyOf, operator, storeSessions } from './operator.js';
import { run } from './run-program.js';

const place = operator('report-members');
const namesOf = (name: string) => interfaceMembers(name).map((member) => member.name);
const [oldKey, newKey] = [keyOf('old'), keyOf('new')];

/** Runs a command over a new store with three sessions on the old key, and reads its JSON. */
async function jsonOf(
  args: readonly string[],
  options: { readonly keys?: string; code?: number } = {},
) {
  const { keys = `${newKey},${oldKey}`, code = 0 } = options;
  const ended = await run(
    'node_modules/.bin/shopify-app-session-storage-encrypted',
    [...args, '--json'],
    { cwd: place.app, env: place.env({ SESSION_ENCRYPTION_KEYS: keys }) },
  );
  expect(ended.code, ended.stderr).toBe(code);
  return JSON.parse(ended.stdout);
}

let stores = 0;
async function newStore(): Promise<string> {
  const store = `sqlite:${join(place.folder, `${stores++}.db`)}`;
  await storeSessions(store, oldKey);
  return store;
}

/** The members in the row of the table that starts with these words. */
function documented(what: string): string[] {
  const row = tableRows('docs/command-line.md', 'What --json writes').find(([first = '']) =>
    first.startsWith(what),
  );
  return row?.[1]?.split(', ') ?? [];
}

test.each(['status', 'rotate'])('%s --json', async (command) => {
  const report = await jsonOf([command, '--store', await newStore()]);
  const members = namesOf('ReencryptionReport').filter((name) => name !== 'furtherFindings');
  const more = tableRows('docs/operating.md', 'Member of the JSON');
  // What is there in no other case is left out here.
  const isAlways = (name = '') => !['error', 'allOnPrimary', 'ageFinding'].includes(name);
  const head = more
    .filter(([name, of]) => isAlways(name) && (of === 'both' || of === command))
    .map(([name]) => name);
  expect(head.length).toBeGreaterThan(2);
  expect(Object.keys(report).sort()).toEqual([...head, ...members].sort());
  expect(report).toMatchObject({ otherPlaces: [], unseen: [] });
  expect(namesOf('KeyUsage')).toEqual(expect.arrayContaining(Object.keys(report.keys[0])));
  // What is stored now, and what the run leaves or would leave.
  expect(report.before.byKid).toEqual({ old: 3 });
  expect(report.byKid).toEqual({ new: 3 });
  const old = report.keys.find(({ kid }: { kid: string }) => kid === 'old');
  expect(old).toMatchObject(
    command === 'status' ? { sessions: 3, state: 'needed' } : { sessions: 0, state: 'removable' },
  );
});

test('status --json with what is there in some cases only', async () => {
  const args = ['status', '--store', await newStore(), '--expect-primary', '--max-age', '1d'];
  const report = await jsonOf(args, { code: 1 });
  expect(report).toMatchObject({ allOnPrimary: false, ageFinding: expect.any(String) });
});

test('copy --json', async () => {
  const to = `sqlite:${join(place.folder, 'copy.db')}`;
  const report = await jsonOf(['copy', '--from', await newStore(), '--to', to]);
  const members = namesOf('CopyReport').filter((name) => name !== 'furtherFindings');
  const more = documented('copy').filter((name) => name !== 'error');
  expect(Object.keys(report).sort()).toEqual([...new Set([...more, ...members])].sort());
  expect(Object.keys(report.verification)).toEqual(namesOf('CopyVerification'));
  for (const member of [...namesOf('CopyFinding'), ...namesOf('CopyVerification')]) {
    expect(documentText('docs/operating.md')).toContain(`\`${member}\``);
  }
});

test('list, delete, inspect, keys and keygen --json', async () => {
  const store = await newStore();
  const keysOf = (value: object) => Object.keys(value);
  // Of a session without `expires`, which is left out.
  for (const args of [['list'], ['delete', '--kid', 'old']]) {
    const [session] = await jsonOf([...args, '--store', store]);
    expect([...keysOf(session), 'expires'].sort()).toEqual(documented('list').sort());
  }
  const id = 'offline_tea.myshopify.com';
  const [unreadable] = await jsonOf(['inspect', id, '--store', store], { keys: newKey, code: 1 });
  expect(keysOf(unreadable).sort()).toEqual(documented('inspect').sort());
  const found = await jsonOf(['keys', '--max-age', '1d'], { code: 1 });
  expect(keysOf(found)).toEqual(documented('keys'));
  expect([...keysOf(found.keys[0]), 'created'].sort()).toEqual(documented('keys: each').sort());
  const made = await jsonOf(['keygen']);
  expect(keysOf(made)).toEqual(documented('keygen'));
  expect(keysOf(made.stages[0])).toEqual(documented('keygen: each'));
});

test('every value of `unseen`, and every code of a warning', () => {
  const [, union = ''] =
    /^export type Unseen =([^;]*);/m.exec(sourceText('src/reencryption/reencryption-report.ts')) ??
    [];
  const values = [...union.matchAll(/'([^']+)'/g)].map(([, value]) => value);
  const unseen = interfaceMembers('ReencryptionReport').find(({ name }) => name === 'unseen');
  const described = [...(unseen?.meaning ?? '').matchAll(/`([^`]+)`/g)].map(([, value]) => value);
  expect(described).toEqual(values);

  const written = /(?:\bcode: |sessionsHidden = )'([A-Z]+(?:_[A-Z]+)+)'(?:, message\b|;)/g;
  const codes = sources.flatMap((file) =>
    [...sourceText(file).matchAll(written)].map(([, code]) => code),
  );
  const rows = tableRows('docs/operating.md', 'Code of a warning').map(([code]) => code);
  expect(rows.sort()).toEqual(codes.sort());
});

test('every line of the report, as rotate and status print it', async () => {
  const rows = tableRows('docs/operating.md', 'Line of rotate');
  const options = { keyring: Keyring.generate(), dryRun: false } as const;
  const empty = await reencryptSessions(new KeyvSessionStorage(new Keyv()), options);
  for (const dryRun of [false, true]) {
    const labels = new Set(
      (['migrate', 'rollback'] as const).flatMap((mode) => {
        const report = { ...empty, dryRun, mode, refused: dryRun ? 0 : 1, doesNotFit: 1 };
        const lines = describeOutcomes(report, dryRun ? [['Now with plaintext', 0]] : []);
        return lines.map((line) => line.replace(/ {2,}\d.*$/, '').trim());
      }),
    );
    const named = rows.flatMap(([ofRun = '', ofDryRun = '']) => {
      const cell = dryRun && ofDryRun !== 'the same' ? ofDryRun : ofRun;
      return cell === 'none' ? [] : cell.split(/; (?:in mode rollback )?/);
    });
    expect(new Set(named)).toEqual(labels);
  }
});
