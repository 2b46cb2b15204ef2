// What an entry of the list of sealed fields may be.
import { expect, test } from 'vitest';
import { token } from '../../src/sealed-fields.js';

test('a token is a property of the session itself, for which storages have a column', () => {
  expect(token('deviceToken')).toEqual({
    name: 'deviceToken',
    column: 'deviceToken',
    isUserInfo: false,
  });
  // @ts-expect-error A path leads to an object that they have no columns for.
  token('onlineAccessInfo.session');
});
