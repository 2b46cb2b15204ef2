// Secrets in the forms in which people put them in the wrong place, and the check that none shows.
import { inspect } from 'node:util';
import { expect } from 'vitest';

export interface Secret {
  /** What kind of secret it is, for the names of tests. */
  readonly form: string;
  /** What is put in the wrong place. */
  readonly text: string;
  /** What must show nowhere. */
  readonly canary: string;
}

const password = 'Canary-7f3a';
const key = Buffer.from('canary-key-7f3a-canary-key-7f3a!').toString('base64url');
const foreignHeader = { alg: 'dir', note: password, enc: password, kid: password };

const urls = [
  `redis://app:${password}@127.0.0.1:1/0`,
  `redis://:${password}@127.0.0.1:1`,
  `redis://app:${password}#x@127.0.0.1:1`,
  `redis://app:${password}/x@127.0.0.1:1`,
  `redis://app:1#${password}@127.0.0.1:1`,
  `redis://app:1/${password}@127.0.0.1:1`,
  `redis://app:1?${password}@127.0.0.1:1`,
  `redsi://app:${password}@127.0.0.1`,
  `postgres://app:${password}#x@127.0.0.1:1/db`,
  `postgres://app@127.0.0.1:1/db?password=${password}`,
  `mysql://app:${password}@127.0.0.1:1/db`,
  `mongodb://app:${password}@127.0.0.1:1/db`,
  `sqlite://app:${password}@host/sessions.db`,
  `sqlite:app:${password}@host`,
  `sqlite:no-such-file.db?key=${password}`,
  `env:redis://app:${password}@127.0.0.1:1`,
  `env:${password.replaceAll('-', '_')}`,
];

export const secrets: readonly Secret[] = [
  { form: 'a password', text: password, canary: password },
  { form: 'a password in letters', text: 'canarypassword', canary: 'canarypassword' },
  { form: 'a token', text: `shpat_${'canary'.repeat(5)}ca`, canary: 'canarycanary' },
  { form: 'a token in hexadecimal', text: 'ca0a47'.repeat(5), canary: 'ca0a47ca0a47' },
  { form: 'a key', text: `canary:${key}`, canary: key },
  { form: 'a key without its id', text: key, canary: key },
  { form: 'a key without its colon', text: `canary=${key}`, canary: key },
  {
    form: 'a JWK',
    text: JSON.stringify({ kty: 'oct', kid: 'canary', k: key }),
    canary: key,
  },
  {
    form: 'another header in JSON',
    text: `${Buffer.from(JSON.stringify(foreignHeader)).toString('base64url')}..AAAA.BBBB.CCCC`,
    canary: password,
  },
  ...urls.map((text) => ({
    form: text.replace(password, '…').replace(password.replaceAll('-', '_'), '…'),
    text,
    canary: text.includes(password) ? password : password.replaceAll('-', '_'),
  })),
];

/** Every way in which something is shown. */
function views(value: unknown): string[] {
  const shown = [
    String(value),
    inspect(value, { depth: 20, showHidden: true, getters: true }),
    inspect(value, { depth: 20, showHidden: true, customInspect: false }),
    JSON.stringify(value) ?? '',
  ];
  for (let error = value; error instanceof Error; error = error.cause) {
    shown.push(error.message, error.stack ?? '', JSON.stringify({ ...error }));
  }
  return shown;
}

/** Fails if `canary` can be seen in `value`. The message of the failure is where it was seen. */
export function expectNoTrace(value: unknown, { canary }: Secret): void {
  const shown = views(value).find((view) => view.includes(canary));
  expect(shown?.slice(0, 600), 'It shows.').toBeUndefined();
}
