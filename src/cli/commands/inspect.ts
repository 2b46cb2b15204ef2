// inspect: shows a sealed token's header and whether it opens. Never the token.
import { text as textOf } from 'node:stream/consumers';
import {
  inspectSession,
  inspectToken,
  type Keyring,
  OptionInvalidError,
  type SessionLike,
  type TokenInspection,
} from '../../index.js';
import { assertSession, isAboutOneSession } from '../../reencryption/internal.js';
import type { Catalog } from '../catalog.js';
import {
  assertStoreNamed,
  describeOthers,
  describeStore,
  openCatalog,
  storeOptions,
} from '../catalog-option.js';
import type { Arguments, Command } from '../command.js';
import { type ExitCode, exitCodes } from '../exit-codes.js';
import { keyringOf, keyringOption } from '../keyring-option.js';
import { layoutOptions } from '../layout-options.js';
import { formatCount } from '../printable.js';
import { hiddenSessions } from '../selected-sessions.js';
import { shopOf } from '../shop-option.js';
import type { Terminal } from '../terminal.js';

export const inspect: Command = {
  name: 'inspect',
  summary: "shows a sealed token's header and whether it opens, never the token",
  usage: '[TOKEN] [options]  or  SESSION-ID (--store URL | --catalog MODULE)',
  description: [
    'Looks at one sealed token, given as an argument or on standard input; or, with a store, at the',
    'fields of one session. Exits with 1 if something does not open.',
  ],
  options: {
    ...storeOptions(),
    ...keyringOption,
    'session-id': { value: 'ID', help: ['Checks that the token was sealed for this session,'] },
    shop: { value: 'DOMAIN', help: ['this shop,'] },
    field: { value: 'FIELD', help: ['and this field; any field if it is not given.'] },
    json: { help: ['Writes what is found as JSON.'] },
  },
  examples: [
    'inspect eyJhbGciOi…',
    'inspect --session-id offline_a.myshopify.com --shop a.myshopify.com < token',
    'inspect offline_a.myshopify.com --store env:REDIS_URL',
  ],
  positionals: 1,
  run,
};

async function run(given: Arguments, terminal: Terminal): Promise<ExitCode> {
  const inStore = given.value('store') !== undefined || given.value('catalog') !== undefined;
  // What is wrong with the arguments is said before what is wrong with the keys.
  if (inStore) assertSessionNamed(given);
  else assertTokenNamed(given);
  const keyring = await keyringOf(given);
  const found = inStore
    ? await ofSession(given, keyring, terminal)
    : [await ofToken(given, keyring)];
  if (given.flag('json')) terminal.reportJson(inStore ? found : found[0]);
  else terminal.report(...found.flatMap((inspection) => describe(inspection, keyring)));
  if (found.length === 0) terminal.say('The session holds no token.');
  return found.every(({ opens }) => opens) ? exitCodes.done : exitCodes.finding;
}

function assertSessionNamed(given: Arguments): void {
  assertStoreNamed(given);
  if (sessionIdOf(given) === undefined) throw new OptionInvalidError('Give the id of a session.');
  if (given.value('session-id') !== undefined && given.positionals.length > 0) {
    throw new OptionInvalidError('Give the id of one session: as an argument, or as --session-id.');
  }
  const useless = ['shop', 'field'].find((name) => given.value(name) !== undefined);
  if (useless !== undefined) {
    throw new OptionInvalidError(
      `--${useless} is for a token by itself: of a session in a store, all fields are looked at, in their places.`,
    );
  }
}

function sessionIdOf(given: Arguments): string | undefined {
  return given.value('session-id') ?? given.positionals[0];
}

function assertTokenNamed(given: Arguments): void {
  const useless = Object.keys(layoutOptions('store')).find(
    (name) => given.value(name) !== undefined,
  );
  if (useless !== undefined) {
    throw new OptionInvalidError(
      `--${useless} is for a session in a store, which --store names: a token by itself is in none.`,
    );
  }
  const [hasId, hasShop, hasField] = ['session-id', 'shop', 'field'].map(
    (name) => given.value(name) !== undefined,
  );
  if (hasId !== hasShop || (hasField && !hasId)) {
    throw new OptionInvalidError('--session-id and --shop go together, and --field with both.');
  }
}

async function ofToken(given: Arguments, keyring: Keyring): Promise<TokenInspection> {
  const [sessionId, shop] = [given.value('session-id'), shopOf(given)];
  const field = given.value('field');
  const [argument] = given.positionals;
  const isPiped = argument === undefined || argument === '-';
  const token = (isPiped ? await textOf(process.stdin) : argument).trim();
  if (token === '') throw new OptionInvalidError('Give a sealed token, or pipe it in.');
  const place =
    sessionId === undefined || shop === undefined ? undefined : { sessionId, shop, field };
  return inspectToken(token, keyring, place);
}

async function ofSession(
  given: Arguments,
  keyring: Keyring,
  terminal: Terminal,
): Promise<TokenInspection[]> {
  const id = sessionIdOf(given) ?? '';
  const named = await openCatalog(given);
  const { catalog } = named;
  terminal.say(`Store: ${describeStore(named)}`);
  let session: SessionLike | undefined;
  try {
    session = await find(catalog, id);
  } catch (error) {
    if (!isAboutOneSession(error)) throw error;
    const { code, message } = error;
    return [{ state: 'unreadable', header: undefined, characters: 0, opens: false, code, message }];
  }
  if (session === undefined) {
    const elsewhere = [...(await hiddenSessions(catalog)), ...describeOthers(named.others)];
    throw new OptionInvalidError(['The store has no session of this id.', ...elsewhere].join(' '));
  }
  return inspectSession(session, keyring);
}

async function find(catalog: Catalog, id: string): Promise<SessionLike | undefined> {
  if (catalog.loadSession !== undefined) return catalog.loadSession(id);
  for await (const session of catalog.sessions()) {
    assertSession(session);
    if (session.id === id) return session;
  }
  return undefined;
}

function describe(inspection: TokenInspection, keyring: Keyring): string[] {
  const { field, state, header, characters, opens, code, message } = inspection;
  const title = field === undefined ? [] : [`${field}:`];
  if (state !== 'sealed') return [...title, `  ${state}: ${message}`];
  const key = keyring.kids.includes(header?.kid ?? '')
    ? `in the key ring, ${header?.kid === keyring.primary ? 'primary' : 'opens only'}`
    : 'not in the key ring';
  return [
    ...title,
    ...Object.entries(header ?? {}).map(([name, value]) =>
      name === 'kid' ? `  ${name}  ${value} (${key})` : `  ${name}  ${value}`,
    ),
    `  ${formatCount(characters)} characters`,
    opens ? `  opens: ${message}` : `  does NOT open: ${code}: ${message}`,
  ];
}
