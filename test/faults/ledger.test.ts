// The account separates harm from what a failed write may do.
import { expect, test } from 'vitest';
import { Ledger } from './ledger.js';

function ledgerAfter(
  ...writes: ['stored' | 'deleted', 'acknowledged' | 'failed' | 'denied'][]
): Ledger {
  const ledger = new Ledger('id', 'a.myshopify.com');
  for (const [what, fate] of writes) {
    const write = { number: ledger.next(), stored: what === 'stored' };
    if (fate === 'acknowledged') ledger.acknowledge(write);
    else if (fate === 'failed') ledger.doubt(write);
    else ledger.deny(write);
  }
  return Ledger.of(JSON.parse(JSON.stringify(ledger)));
}

test('what was acknowledged last must be there', () => {
  const ledger = ledgerAfter(['stored', 'acknowledged'], ['stored', 'acknowledged']);
  expect(ledger.judge(2)).toBe('current');
  expect(ledger.judge(1)).toBe('lost');
  expect(ledgerAfter(['stored', 'acknowledged']).judge(undefined)).toBe('lost');
  expect(ledgerAfter(['stored', 'acknowledged'], ['deleted', 'acknowledged']).judge(1)).toBe(
    'lost',
  );
});

test('what failed after it may be there, and from then on must be', () => {
  const ledger = ledgerAfter(
    ['stored', 'acknowledged'],
    ['stored', 'failed'],
    ['stored', 'failed'],
  );
  expect(ledger.judge(1)).toBe('current');
  expect(ledger.judge(3)).toBe('current');
  expect(ledger.judge(3)).toBe('current');
  expect(ledger.judge(2)).toBe('late');
});

test('what failed before it must not come back', () => {
  const ledger = ledgerAfter(['stored', 'failed'], ['stored', 'acknowledged']);
  expect(ledger.judge(1)).toBe('late');
  const deleted = ledgerAfter(['stored', 'acknowledged'], ['deleted', 'failed']);
  expect(deleted.isThere).toBeUndefined();
  expect(deleted.judge(undefined)).toBe('current');
  expect(deleted.isThere).toBe(false);
});

test('what was said to have had no effect must never be there', () => {
  const ledger = ledgerAfter(['stored', 'acknowledged'], ['stored', 'denied']);
  expect(ledger.isThere).toBe(true);
  expect(ledger.judge(1)).toBe('current');
  expect(ledger.judge(2)).toBe('denied');
});
