// What is added to the one list of sealed fields is measured against its column, compared and
// replaced by the catalogs.
import { afterAll, describe, expect, test, vi } from 'vitest';
import { documentChanges } from '../../src/catalogs/mongodb/document-changes.js';
import { decodeSession, encodeSession, withChanges } from '../../src/catalogs/property-array.js';
import type { StoredSession } from '../../src/catalogs/stored-session.js';
import { sharedServer } from '../servers/shared.js';
import { mysqlTables, postgresqlTables, type SqlTables } from './sql-tables.js';

vi.mock('../../src/sealed-fields.js', async (original) => {
  const { withTwoMoreFields } = await import('../session-fields/two-more-fields.js');
  return withTwoMoreFields(original);
});

const withFields = (deviceToken: string, jobTitle: string): StoredSession =>
  ({
    id: 'a.myshopify.com_1',
    shop: 'a.myshopify.com',
    state: '',
    isOnline: true,
    accessToken: 'access',
    deviceToken,
    onlineAccessInfo: { associated_user: { id: 1, job_title: jobTitle } },
  }) as StoredSession;
const [old, next] = [withFields('old', 'clerk'), withFields('new', 'manager')];

describe.each([
  ['postgres', postgresqlTables],
  ['mysql', mysqlTables],
] as const)('columns of %s for fields that are added to the list', (name, open) => {
  const server = sharedServer(name);
  let tables: SqlTables | undefined;
  afterAll(() => tables?.drop());

  test.skipIf(server === undefined)('are read, compared, replaced and measured', async () => {
    tables = await open(server ?? '');
    const quote = (column: string) => (name === 'mysql' ? `\`${column}\`` : `"${column}"`);
    const columns = ['shop', 'state', 'accessToken', 'deviceToken'].map(
      (column) => `${quote(column)} varchar(180)`,
    );
    await tables.query(
      `CREATE TABLE shopify_sessions (id varchar(200) PRIMARY KEY, ${columns.join(', ')},
        ${quote('isOnline')} ${name === 'mysql' ? 'tinyint' : 'boolean'},
        ${quote('userId')} bigint, ${quote('jobTitle')} varchar(30))`,
    );
    const { catalog } = tables;
    expect(await catalog.replaceSession(undefined, old)).toBe(true);
    expect(await catalog.loadSession(old.id)).toEqual(old);

    // Another process stores a new token: neither field may be overwritten.
    const stale = [withFields('other', 'clerk'), withFields('old', 'other')] as const;
    for (const current of stale) {
      expect(await catalog.replaceSession(current, { ...current, scope: undefined as never })).toBe(
        false,
      );
    }
    expect(await catalog.replaceSession(old, next)).toBe(true);
    expect(await catalog.loadSession(old.id)).toEqual(next);

    const warnings = (await catalog.warnings()).map(({ message }) => message).join('\n');
    expect(warnings).toContain('Column deviceToken');
    for (const tooLong of [
      withFields('x'.repeat(181), 'manager'),
      withFields('new', 'x'.repeat(31)),
    ]) {
      await expect(catalog.replaceSession(next, tooLong)).rejects.toMatchObject({
        code: 'ERR_VALUE_TOO_LONG',
      });
    }
  });
});

test("they are in the official Redis storage's text, and replaced in it", () => {
  const text = encodeSession(old);
  expect(decodeSession(text)).toEqual(old);
  expect(decodeSession(withChanges(text, old, next))).toEqual(next);
});

test('they are compared and replaced in a MongoDB document, each by its path', () => {
  const jobTitle = 'onlineAccessInfo.associated_user.job_title';
  const { filter, update } = documentChanges(old, next);
  expect(filter).toMatchObject({ deviceToken: { $eq: 'old' }, [jobTitle]: { $eq: 'clerk' } });
  expect(update.$set).toEqual({ deviceToken: 'new', [jobTitle]: 'manager' });
  expect(documentChanges(old, old).filter).toMatchObject({ deviceToken: { $eq: 'old' } });
});
