// What other packages' errors say in `cause`: their words and their code, and no data.
import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { KeyUnknownError } from '../../src/errors.js';
import { codeOf, safeCause, safeMessage } from '../../src/safe-cause.js';

const canary = 'CANARY-a1b2';

describe('the words of a driver are kept', () => {
  it.each([
    'relation "nope" does not exist',
    'column "a" of relation "b" does not exist',
    "Table 'mysql.nope' doesn't exist",
    "Data too long for column 'id' at row 1",
    "Access denied for user 'app'@'127.0.0.1' (using password: YES)",
    'password authentication failed for user "app"',
    'no pg_hba.conf entry for host "1.2.3.4", user "a", database "b", no encryption',
    'update or delete on table "x" violates foreign key constraint "y" on table "z"',
    'Unique constraint failed on the fields: (`id`)',
    "Cannot find package '@keyv/redis' imported from /app/index.js",
    'WRONGTYPE Operation against a key holding the wrong kind of value',
    'connect ECONNREFUSED 127.0.0.1:5432',
    'getaddrinfo ENOTFOUND db.internal',
    'MOVED 1234 127.0.0.1:7001',
    'permission denied for schema public',
  ])('%s', (message) => {
    expect(safeMessage(message)).toBe(message);
  });

  it('without what they add: code, arguments, position', () => {
    const invocation = 'Invalid `prisma.session.findMany()` invocation:';
    const reason = 'The table `main.Session` does not exist in the current database.';
    expect(safeMessage(`\n${invocation}\n\n\n${reason}`)).toBe(reason);
    expect(
      safeMessage(`ConnectionFailed("Unable to open connection to local database /no/file: 14")`),
    ).toBe('Unable to open connection to local database /no/file: 14');
  });
});

describe('data in the message of a driver is cut out', () => {
  it.each([
    [
      'invalid input syntax for type integer: "CANARY-a1b2"',
      'invalid input syntax for type integer: "…"',
    ],
    ['date/time field value out of range: "CANARY-a1b2', 'date/time field value out of range: "…"'],
    [
      "Incorrect integer value: 'CANARY-a1b2' for column `d`.`t`.`n` at row 1",
      "Incorrect integer value: '…' for column `d`.`t`.`n` at row 1",
    ],
    ["Duplicate entry 'CANARY-a1b2' for key 'PRIMARY'", "Duplicate entry '…'"],
    ["Duplicate entry 'it's' CANARY-a1b2 'so' for key 'PRIMARY'", "Duplicate entry '…'"],
    [
      "You have an error in your SQL syntax near 'selct 'x', 'CANARY-a1b2'' at line 1",
      "You have an error in your SQL syntax near '…' at line 1",
    ],
    [
      "ERR unknown command 'NOPE', with args beginning with: 'CANARY-a1b2' ",
      "ERR unknown command 'NOPE'",
    ],
    [
      'E11000 duplicate key error collection: a.s index: id_1 dup key: { id: "CANARY-a1b2" }',
      'E11000 duplicate key error collection: a.s index: id_1 dup key: …',
    ],
    [
      'Failed query: select "id" from "session" where x = $1\nparams: CANARY-a1b2',
      'Failed query: …',
    ],
    [
      'insert into "s" ("id") values (\'CANARY-a1b2\') - null value in column "x"',
      '… - null value in column "x"',
    ],
    [
      "Invalid `prisma.session.create()` invocation:\n{ accessToken: 'CANARY-a1b2' }\n\nArgument `shop` is missing.",
      'Argument `shop` is missing.',
    ],
    ['connect to redis://app:CANARY-a1b2@host failed', 'connect to … failed'],
    [
      'Unable to open connection to local database app:CANARY-a1b2@host: 14',
      'Unable to open connection to local database … 14',
    ],
    ['wrong: staff.CANARY-a1b2@example.com', 'wrong: …'],
    [
      'Unexpected token \'h\', "CANARY-a1b2" is not valid JSON',
      'Unexpected token \'…\', "…" is not valid JSON',
    ],
  ])('%s', (message, expected) => {
    expect(safeMessage(message)).toBe(expected);
    expect(safeMessage(message)).not.toContain(canary);
  });

  it.each([
    'eyJhbGciOiJkaXIiLCJlbmMiOiJBMjU2R0NNIn0..AAAA.BBBB.CCCC',
    'shpat_this-is-an-example',
    'not-a-key-but-as-long-as-43-characters-of-b64',
    '0123456789abcdef0123456789abcdef',
  ])('whatever stands around it: %s', (secret) => {
    expect(safeMessage(`value ${secret} is wrong`)).toMatch(/^value …\S* is wrong$/);
  });
});

describe('a cause', () => {
  it('has the name, the message and the code of the original, and no other property', () => {
    const original = Object.assign(new TypeError('Invalid URL'), {
      code: 'ERR_INVALID_URL',
      input: canary,
      sql: canary,
      command: { name: 'SET', args: [canary] },
    });
    const cause = safeCause(original);
    expect(cause).toMatchObject({
      name: 'TypeError',
      message: 'Invalid URL',
      code: 'ERR_INVALID_URL',
    });
    expect(inspect(cause, { showHidden: true, depth: 9 })).not.toContain(canary);
    expect(cause.stack).toBe('TypeError: Invalid URL');
  });

  it('has the SQLSTATE of mysql2, and nothing else that stands in its place', () => {
    const withState = (sqlState: unknown) =>
      safeCause(Object.assign(new Error('refused'), { code: 'ER_X', sqlState }));
    expect(withState('45000')).toMatchObject({ code: 'ER_X', sqlState: '45000' });
    for (const other of [canary, 'shpat', 45000, { toString: () => '45000' }]) {
      expect(withState(other)).not.toHaveProperty('sqlState');
    }
  });

  it('keeps the causes of the original in the same way', () => {
    const first = Object.assign(new Error('the first'), { row: canary });
    const cause = safeCause(new Error('the second', { cause: first }));
    expect(cause.cause).toMatchObject({ message: 'the first' });
    expect(inspect(cause, { depth: 9 })).not.toContain(canary);
  });

  it('says why no address of a host can be reached', () => {
    const each = ['::1', '127.0.0.1'].map((ip) => new Error(`connect ECONNREFUSED ${ip}:6379`));
    const cause = safeCause(Object.assign(new AggregateError(each), { code: 'ECONNREFUSED' }));
    expect(cause.message).toBe(
      'connect ECONNREFUSED ::1:6379; connect ECONNREFUSED 127.0.0.1:6379',
    );
    expect(codeOf(cause)).toBe('ECONNREFUSED');
  });

  it('of a chain that never ends, ends', () => {
    const endless = new Error('again');
    endless.cause = endless;
    expect(inspect(safeCause(endless), { depth: 99 }).match(/again/g)?.length).toBeLessThan(20);
  });

  it('is an error of this package as it is', () => {
    const own = new KeyUnknownError('Session a: no key b', { sessionId: 'a', kid: 'b' });
    expect(safeCause(own)).toBe(own);
  });

  it.each([[canary], [{ canary }], [null], [undefined], [() => canary]])(
    'says only the kind of what is not an error: %o',
    (thrown) => {
      expect(inspect(safeCause(thrown), { depth: 9 })).not.toContain(canary);
    },
  );

  it('survives errors whose properties throw or are not text', () => {
    const hostile = new Error('hostile');
    for (const name of ['message', 'code', 'cause', 'name']) {
      Object.defineProperty(hostile, name, {
        get() {
          throw new Error(canary);
        },
      });
    }
    expect(inspect(safeCause(hostile))).not.toContain(canary);
    const odd = Object.assign(new Error('odd'), { code: { canary }, name: `${canary} !` });
    expect(inspect(safeCause(odd))).not.toContain(canary);
  });
});

describe('a message of any length', () => {
  // Each of these once took minutes, in which the process could do nothing else.
  it.each([
    ['one word', 'a'],
    ['colons', ':'],
    ['the start of a statement', 'select '],
    ['half an address', 'a@'],
    ['a name in the schema', 'table "a" '],
  ])('is read in a moment: %s', (_, part) => {
    expect(safeMessage(part.repeat(300_000)).length).toBeLessThan(500);
  });

  it('is cut between two words: what is left of a secret may not look like one', () => {
    const url = `x://${'y'.repeat(19_980)}`;
    expect(safeMessage(`${url} ${canary}@example.com`)).toBe('… …');
  });
});
