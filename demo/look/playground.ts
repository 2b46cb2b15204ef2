// What the page of the demo plays with: one app twice, as it was and with us, over databases that can
// be looked into and tampered with.
import { randomBytes } from 'node:crypto';
import { decodeProtectedHeader } from 'jose';
import {
  EncryptedSessionStorage,
  Keyring,
  reencryptSessions,
} from 'shopify-app-session-storage-encrypted';
import { openSessionStorage } from 'shopify-app-session-storage-encrypted/open';
import { overwrite, readableTokens, sessionRows } from '../database.js';
import { newDatabaseFile, type OpenApp, openApp, tokensIssuedBy } from '../stage.js';

const [flowers, books] = ['flowers.myshopify.com', 'books.myshopify.com'];

/** What the page shows. */
export interface State {
  /** The ids of the keys; the first seals. */
  readonly kids: readonly string[];
  /** The properties of the flower shop's session: without us, and with us. */
  readonly row: readonly (readonly [name: string, before: string, after: string])[];
  /** How many of the tokens a search of the database files finds. */
  readonly readable: { readonly before: number; readonly after: number; readonly issued: number };
  /** Whose key seals the flower shop's access token. */
  readonly sealedWith: string;
}

/** What came of an action. */
export interface Result {
  readonly isGood: boolean;
  readonly text: string;
}

export class Playground {
  readonly #files: { readonly before: string; readonly after: string };
  #keys = [newKey('2026-05')];
  #before: OpenApp | undefined;
  #after: OpenApp | undefined;
  readonly #tokens: { before: string[]; after: string[] } = { before: [], after: [] };
  #rotations = 0;
  /** What tampering has overwritten. */
  #untouched: unknown;

  private constructor(files: { readonly before: string; readonly after: string }) {
    this.#files = files;
  }

  static async open(): Promise<Playground> {
    const [before, after] = [await newDatabaseFile('before'), await newDatabaseFile('after')];
    const playground = new Playground({ before, after });
    playground.#before = await openApp(openSessionStorage(`sqlite:${before}`));
    await playground.#restart();
    return playground;
  }

  async close(): Promise<void> {
    await this.#before?.close();
    await this.#after?.close();
  }

  async state(): Promise<State> {
    const [before = {}, after = {}] = [this.#row('before'), this.#row('after')];
    const names = Object.keys({ ...before, ...after });
    return {
      kids: this.#keys.map((key) => key.slice(0, key.indexOf(':'))),
      row: names.map((name) => [name, text(before[name]), text(after[name])]),
      readable: {
        before: await readableTokens(this.#files.before, this.#tokens.before),
        after: await readableTokens(this.#files.after, this.#tokens.after),
        issued: this.#tokens.after.length,
      },
      sealedWith: kidOf(after.accessToken),
    };
  }

  /** The actions, by the names that the page sends. */
  readonly actions: Readonly<Record<string, () => Promise<Result>>> = {
    install: async () => {
      for (const shop of [flowers, books]) {
        this.#tokens.before.push(
          ...(await tokensIssuedBy(() => this.#app('before').install(shop))),
        );
        this.#tokens.after.push(...(await tokensIssuedBy(() => this.#app('after').install(shop))));
      }
      return good('Both shops installed both apps through OAuth.');
    },
    look: () => this.#look(),
    rotate: async () => {
      await this.#mend();
      const newer = newKey(['2026-11', '2027-05', '2027-11'][this.#rotations++ % 3] ?? '');
      this.#keys = [newer, ...this.#keys.slice(0, 1)];
      await this.#restart();
      const storage = openSessionStorage(`sqlite:${this.#files.after}`);
      const keyring = Keyring.parse(this.#keys.join(','));
      const report = await reencryptSessions(storage, { keyring });
      await storage.disconnect();
      return good(`${report.reencrypted} sessions were re-encrypted while the app ran.`);
    },
    move: () => this.#tamper(() => this.#row('after', books)?.accessToken),
    flip: () =>
      this.#tamper((sealed) => `${sealed.slice(0, -2)}${sealed.endsWith('AA') ? 'BB' : 'AA'}`),
    plant: () => this.#tamper(() => `shpat_${'0'.repeat(32)}`),
    mend: async () => {
      await this.#mend();
      return this.#look();
    },
  };

  /** The app asks Shopify for the shop's name, with the session's token. */
  async #look(): Promise<Result> {
    const page = await this.#app('after').shopName(flowers);
    if (page.status === 200) return good(`Shopify answered the app: ${page.text}`);
    return { isGood: false, text: `The app got an error (${page.status}): ${page.text}` };
  }

  async #tamper(change: (sealed: string) => unknown): Promise<Result> {
    const sealed = this.#row('after')?.accessToken;
    if (typeof sealed !== 'string') return { isGood: false, text: 'Install the app first.' };
    this.#untouched ??= sealed;
    overwrite(this.#files.after, flowers, 'accessToken', change(String(this.#untouched)));
    return this.#look();
  }

  async #mend(): Promise<void> {
    if (this.#untouched === undefined) return;
    overwrite(this.#files.after, flowers, 'accessToken', this.#untouched);
    this.#untouched = undefined;
  }

  async #restart(): Promise<void> {
    const port = this.#after?.port ?? 0;
    await this.#after?.close();
    const inner = openSessionStorage(`sqlite:${this.#files.after}`);
    const keyring = Keyring.parse(this.#keys.join(','));
    this.#after = await openApp(new EncryptedSessionStorage(inner, { keyring }), port);
  }

  #app(which: 'before' | 'after'): OpenApp {
    const app = which === 'before' ? this.#before : this.#after;
    if (app === undefined) throw new Error('The app is not running.');
    return app;
  }

  #row(which: 'before' | 'after', shop = flowers): Record<string, unknown> | undefined {
    return sessionRows(this.#files[which]).find((row) => row.shop === shop);
  }
}

const good = (text: string): Result => ({ isGood: true, text });

const text = (value: unknown): string =>
  typeof value === 'object' ? JSON.stringify(value) : String(value ?? '');

function newKey(kid: string): string {
  return `${kid}:${randomBytes(32).toString('base64url')}`;
}

/** The id of the key that a sealed token names in its header; any JOSE library can tell. */
function kidOf(sealed: unknown): string {
  try {
    return String(decodeProtectedHeader(String(sealed)).kid);
  } catch {
    return '';
  }
}
