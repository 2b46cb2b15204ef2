import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { type StoreEvent, StoreUnavailableError } from '../../src/index.js';
import { StoreAccess } from '../../src/store-access/index.js';

const errorOf = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => new Error('It did not fail.'),
    (error: unknown) => error,
  );
const never = () => new Promise<never>(() => {});
const failing = (code: string) => Object.assign(new Error('refused'), { code, severity: 'ERROR' });

/** With everything that its observer was told. */
function access(deadline = 200) {
  const events: StoreEvent[] = [];
  const store = (event: StoreEvent) => {
    events.push(event);
  };
  return { calls: new StoreAccess('the test store', deadline, { store }), events };
}

test('a call of several statements has one deadline', async () => {
  const { calls } = access(200);
  let statements = 0;
  const error = await errorOf(
    calls.call({ sessionId: 'a' }, async (call) => {
      for (;;) {
        statements++;
        await call.send(() => new Promise((resolve) => setTimeout(resolve, 60)));
      }
    }),
  );
  expect(error).toBeInstanceOf(StoreUnavailableError);
  expect(String(error)).toContain('Session a: the test store did not answer within 200 ms.');
  expect(statements).toBeLessThan(5);
});

test('the longest deadline is not shorter than the others', async () => {
  const { calls } = access(2 ** 31 - 1);
  const slow = () => new Promise((resolve) => setTimeout(() => resolve('answer'), 100));
  await expect(calls.run({}, slow)).resolves.toBe('answer');
});

describe('what is said of a write that failed', () => {
  test.each([
    ['that was not answered', never, true],
    ['whose connection broke', async () => Promise.reject(failingSocket()), true],
    ['that the store refused', async () => Promise.reject(failing('23514')), false],
    ['that Redis refused', async () => Promise.reject(new Error('OOM command not allowed')), false],
    [
      'that Redis refused in words of its own',
      async () => Promise.reject(new SimpleError('CUSTOM refused by a module')),
      false,
    ],
    [
      'whose encrypted connection broke',
      async () => Promise.reject(new Error('TLS connection was closed')),
      true,
    ],
    [
      'that waited until the deadline',
      (signal: AbortSignal) =>
        new Promise<never>((_, reject) => {
          signal.addEventListener('abort', () => reject(signal.reason));
        }),
      false,
    ],
  ])('%s', async (_, operation, mayHaveTakenEffect) => {
    const { calls } = access(50);
    const error = await errorOf(calls.run({ writes: true }, operation));
    expect(error).toMatchObject({ code: 'ERR_STORE_UNAVAILABLE', mayHaveTakenEffect });
    expect(String(error)).toContain(
      mayHaveTakenEffect ? 'may have taken effect' : 'Nothing was written',
    );
  });
});

/** What node-redis makes of an error that the server answers with. */
class SimpleError extends Error {}

function failingSocket(): Error {
  return Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' });
}

test.each(['40001', '40P01', 'ER_LOCK_DEADLOCK', 'ER_LOCK_WAIT_TIMEOUT'])(
  'a statement that fails with %s is sent again',
  async (code) => {
    const { calls, events } = access(5000);
    let attempts = 0;
    const answer = await calls.run({ operation: 'storeSession', writes: true }, async () => {
      attempts++;
      if (attempts < 4) throw failing(code);
      return 'done';
    });
    expect(answer).toBe('done');
    expect(attempts).toBe(4);
    expect(events.map(({ type }) => type)).toEqual(['retry', 'retry', 'retry', 'call']);
    expect(events[0]).toMatchObject({ operation: 'storeSession', code, attempt: 1 });
  },
);

describe('a statement whose connection is lost', () => {
  const losing = (isUnsafe: boolean) => async () => {
    const { calls } = access(5000);
    let attempts = 0;
    const answer = calls.call({ writes: isUnsafe }, (call) =>
      call.send(async () => {
        attempts++;
        if (attempts < 3) throw failingSocket();
        return attempts;
      }, isUnsafe),
    );
    return answer;
  };
  test('is sent again if it reads', () => expect(losing(false)()).resolves.toBe(3));
  test('is not if it writes', () =>
    expect(losing(true)()).rejects.toMatchObject({
      mayHaveTakenEffect: true,
      cause: { code: 'ECONNRESET' },
    }));
});

test.each([
  [failing('53100'), 'failed (53100). Nothing was written. It has no room left: make some.'],
  [failing('22012'), 'failed (22012). Nothing was written.'],
  [new Error('OOM command not allowed'), 'failed. Nothing was written. It has no room left'],
])('an error says what to do where that is known: %s', async (error, message) => {
  const { calls } = access(5000);
  const failed = await errorOf(calls.run({ writes: true }, () => Promise.reject(error)));
  expect(String(failed)).toContain(`the test store ${message}`);
});

test('a failure that passes, and does not pass within the deadline, is the cause', async () => {
  const { calls } = access(100);
  const error = await errorOf(
    calls.run({}, async () => {
      throw failing('40001');
    }),
  );
  expect(error).toMatchObject({ code: 'ERR_STORE_UNAVAILABLE', cause: { code: '40001' } });
});

test('nothing is sent after the deadline', async () => {
  const { calls } = access(50);
  let wasSent = false;
  const release: (() => void)[] = [];
  const error = await errorOf(
    calls.call({ writes: true }, async (call) => {
      await new Promise<void>((resolve) => release.push(resolve));
      await call.send(async () => {
        wasSent = true;
      }, true);
    }),
  );
  release[0]?.();
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(error).toMatchObject({ mayHaveTakenEffect: false });
  expect(wasSent).toBe(false);
});

test('the observer is told of calls, conflicts and time-outs, and what it throws harms nothing', async () => {
  const patient = access(20_000);
  await patient.calls.call({ operation: 'findSessionsByShop', shop: 'a' }, (call) =>
    call.conflict(1),
  );
  expect(patient.events).toMatchObject([
    { type: 'conflict', operation: 'findSessionsByShop', shop: 'a', attempt: 1 },
    { type: 'call', operation: 'findSessionsByShop', error: undefined },
  ]);
  const { calls, events } = access(50);
  await errorOf(calls.run({ operation: 'loadSession', sessionId: 'b' }, never));
  expect(events).toMatchObject([
    { type: 'timeout', operation: 'loadSession', sessionId: 'b', mayHaveTakenEffect: false },
    { type: 'call', operation: 'loadSession', error: 'ERR_STORE_UNAVAILABLE' },
  ]);
  const throwing = new StoreAccess('the test store', 50, {
    store() {
      throw new Error('of the observer');
    },
  });
  expect(await throwing.run({}, async () => 1)).toBe(1);
});

test('the abort signals may be those of a test environment, such as happy-dom, which Node does not take for its own', async () => {
  class Signal {
    readonly aborted = false;
    addEventListener(): void {}
    removeEventListener(): void {}
  }
  class Controller {
    readonly signal = new Signal();
    abort(): void {}
  }
  vi.stubGlobal('AbortController', Controller);
  onTestFinished(() => void vi.unstubAllGlobals());
  const { calls } = access();
  await expect(calls.run({}, async () => 'answer')).resolves.toBe('answer');
});
