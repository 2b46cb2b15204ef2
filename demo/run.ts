// `npm run demo`: what this package does, on a real Shopify app, in a few seconds and with nothing
// to install. Ends with exit code 1 if anything it says turns out not to be so.
import { randomBytes } from 'node:crypto';
import { decodeProtectedHeader } from 'jose';
import { Keyv } from 'keyv';
import { EncryptedSessionStorage } from 'shopify-app-session-storage-encrypted';
import { openSessionStorage } from 'shopify-app-session-storage-encrypted/open';
import { readableTokens, rowCount, sessionRows } from './database.js';
import { check, conclude, print, sideBySide, step } from './report.js';
import { clear, newDatabaseFile, runApp, tokensIssuedBy } from './stage.js';

const [flowers, books] = ['flowers.myshopify.com', 'books.myshopify.com'];
const fileWithoutUs = await newDatabaseFile('without-us');
const file = await newDatabaseFile('with-us');

/** Puts the keys into the app's environment, from which it takes them when it starts. */
function setKeys(...keys: string[]): void {
  Object.assign(process.env, { SESSION_ENCRYPTION_KEYS: keys.join(',') });
  const shown = keys.map((key) => `${key.slice(0, key.indexOf(':') + 5)}…`).join(',');
  print(`   SESSION_ENCRYPTION_KEYS=${shown}`, '');
}

/** A new key, as `encrypted-sessions keygen` prints one. */
function newKey(kid: string): string {
  return `${kid}:${randomBytes(32).toString('base64url')}`;
}

/** The id of the key that a sealed token names in its header; any JOSE library can tell. */
function keyOf(sealed: unknown): unknown {
  try {
    return decodeProtectedHeader(String(sealed)).kid;
  } catch {
    return 'not sealed';
  }
}

async function installAndLookInside(oldKey: string): Promise<void> {
  step(
    '1. A shop installs the app',
    '   A Shopify app keeps a session for each shop, with tokens that give access to the shop.',
    '   Here it runs twice: as it was, and with this line changed.',
    '',
    "   - sessionStorage: openSessionStorage('sqlite:sessions.db')",
    "   + sessionStorage: new EncryptedSessionStorage(openSessionStorage('sqlite:sessions.db'))",
    '',
  );
  setKeys(oldKey);
  await runApp(openSessionStorage(`sqlite:${fileWithoutUs}`), async ({ install }) => {
    const tokens = await tokensIssuedBy(() => install(flowers));
    check('without us: the shop installed the app through OAuth', tokens.length === 2);
    const found = await readableTokens(fileWithoutUs, tokens);
    check('without us: a search of the database files finds both of its tokens', found === 2);
  });
  await runApp(new EncryptedSessionStorage(openSessionStorage(`sqlite:${file}`)), async (app) => {
    const tokens = await tokensIssuedBy(() => app.install(flowers));
    check('with us: the shop installed the app through OAuth', tokens.length === 2);
    check('with us: the same search finds none', (await readableTokens(file, tokens)) === 0);

    step('2. The same session at rest');
    const [withoutUs = {}] = sessionRows(fileWithoutUs);
    const [withUs = {}] = sessionRows(file);
    sideBySide({ title: 'without us', row: withoutUs }, { title: 'with us', row: withUs });
    const { id, shop, scope, isOnline, accessToken, refreshToken } = withUs;
    const sealed = [accessToken, refreshToken].map(
      (token) => String(token).split('.').length === 5,
    );
    check('both tokens are sealed, each as a standard JWE', sealed.every(Boolean));
    const same = id === withoutUs.id && shop === withoutUs.shop && scope === withoutUs.scope;
    check('everything else can be queried as before', same && isOnline === withoutUs.isOnline);

    step('3. The app uses the token');
    const page = await app.shopName(flowers);
    check(`Shopify answered the app's request: "${page.text}"`, page.status === 200);
  });
}

async function promoteSecondKey(oldKey: string, secondKey: string): Promise<void> {
  step(
    '4. A second key is promoted, and the app is restarted',
    '   The first key in the list seals. The others open what they have sealed.',
    '',
  );
  setKeys(secondKey, oldKey);
  await runApp(new EncryptedSessionStorage(openSessionStorage(`sqlite:${file}`)), async (app) => {
    const old = await app.shopName(flowers);
    check('the session from before still opens, and its token is good', old.status === 200);
    await app.install(books);
    const kids = sessionRows(file).map(({ shop, accessToken }) => `${shop} ${keyOf(accessToken)}`);
    check('that session is still sealed with 2026-05', kids.includes(`${flowers} 2026-05`));
    check('a shop that installs now is sealed with 2026-11', kids.includes(`${books} 2026-11`));
  });
}

async function loseFirstKey(secondKey: string): Promise<void> {
  step('5. What if the first key is taken away too early?');
  setKeys(secondKey);
  await runApp(new EncryptedSessionStorage(openSessionStorage(`sqlite:${file}`)), async (app) => {
    const lost = await app.shopName(flowers);
    check('the app refuses the session: it fails closed', lost.status === 500);
    print(`     ${lost.text.replace(/(?<=\.) /, '\n     ')}`);
    check('the message names the missing key', lost.text.includes('2026-05'));
    check('the other shop is not affected', (await app.shopName(books)).status === 200);
  });
}

async function uninstallEverywhere(oldKey: string, secondKey: string): Promise<void> {
  step('6. The shops uninstall the app');
  setKeys(secondKey, oldKey);
  await runApp(new EncryptedSessionStorage(openSessionStorage(`sqlite:${file}`)), async (app) => {
    check('two sessions are stored', sessionRows(file).length === 2);
    await app.uninstall(flowers);
    check('one shop left: one session is stored', sessionRows(file).length === 1);
    check("the shop that stayed doesn't notice", (await app.shopName(books)).status === 200);
    await app.uninstall(books);
    check('both left: the database is empty', rowCount(file) === 0);
  });
}

async function changeBackend(): Promise<void> {
  step(
    '7. One line changes the backend: here, to a Keyv',
    "   - sessionStorage: new EncryptedSessionStorage(openSessionStorage('sqlite:sessions.db'))",
    '   + sessionStorage: new EncryptedSessionStorage(new Keyv({ store: map }))',
    '',
  );
  const map = new Map<string, unknown>();
  await runApp(new EncryptedSessionStorage(new Keyv({ store: map })), async (app) => {
    const tokens = await tokensIssuedBy(() => app.install(flowers));
    check('the shop installed the app through OAuth', tokens.length === 2);
    const stored = JSON.stringify([...map]);
    check('neither token can be found in the Keyv', !tokens.some((t) => stored.includes(t)));
    check('the app uses the token', (await app.shopName(flowers)).status === 200);
    await app.uninstall(flowers);
    check('the shop uninstalled the app: nothing is left in the Keyv', map.size === 0);
  });
}

async function tellTheStory(): Promise<void> {
  const [oldKey, secondKey] = [newKey('2026-05'), newKey('2026-11')];
  await installAndLookInside(oldKey);
  await promoteSecondKey(oldKey, secondKey);
  await loseFirstKey(secondKey);
  await uninstallEverywhere(oldKey, secondKey);
  await changeBackend();
  conclude();
}

// Settings of the machine that the demo happens to run on are not part of it.
Reflect.deleteProperty(process.env, 'SESSION_ENCRYPTION_KEYS_FILE');
Reflect.deleteProperty(process.env, 'SESSION_ENCRYPTION_MODE');
try {
  // `npm run demo -- --serve` shows it in a browser.
  if (process.argv.includes('--serve')) await (await import('./look/serve.js')).serve(process.argv);
  else await tellTheStory();
} finally {
  await clear();
}
