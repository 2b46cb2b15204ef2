import { expect, test } from 'vitest';
import { MadeTable } from '../../src/atomic-store/made-table.js';

/** A table that is made when the test says so, unless its caller's time is up before. */
function table() {
  let isMade = false;
  let finish = () => {};
  let attempts = 0;
  const make = (signal: AbortSignal) =>
    new Promise<void>((resolve, reject) => {
      attempts++;
      signal.addEventListener('abort', () => reject(new Error('It took too long.')));
      finish = () => {
        isMade = true;
        resolve();
      };
    });
  const made = new MadeTable('table', make);
  const write = (signal: AbortSignal) =>
    made.write(async () => {
      if (isMade) return 'written';
      throw Object.assign(new Error('There is no such table.'), { code: '42P01' });
    }, signal);
  return { write, finish: () => finish(), attempts: () => attempts };
}

const turn = () => new Promise((resolve) => setImmediate(resolve));

test('a caller whose time is up takes nobody along who waits for the same table', async () => {
  const { write, finish } = table();
  const first = new AbortController();
  const impatient = write(first.signal);
  const patient = write(new AbortController().signal);
  await turn();
  first.abort();
  await expect(impatient).rejects.toThrow('It took too long.');
  await turn();
  finish();
  await expect(patient).resolves.toBe('written');
});

test('a caller whose time is up does not wait for the attempt of another', async () => {
  const { write, finish } = table();
  const patient = write(new AbortController().signal);
  const second = new AbortController();
  const impatient = write(second.signal);
  await turn();
  second.abort();
  await expect(impatient).rejects.toMatchObject({ name: 'NotSentError' });
  finish();
  await expect(patient).resolves.toBe('written');
});

test('callers that need the table at the same time make it once', async () => {
  const { write, finish, attempts } = table();
  const { signal } = new AbortController();
  const written = Promise.all([write(signal), write(signal), write(signal)]);
  await turn();
  finish();
  await expect(written).resolves.toEqual(['written', 'written', 'written']);
  expect(attempts()).toBe(1);
});
