// What a URL's query has for the driver. Drivers ignore what they do not know: where that asks for TLS, they
// would connect without, and say nothing.
import { OptionInvalidError } from '../errors.js';
import { hasMembers } from '../foreign-object.js';
import { parseJson } from '../parse-json.js';
import { wrongCharset } from '../store-access/mysql-pool.js';
import type { StoreKind } from '../store-url.js';

/** What options for TLS are called, of whichever client. */
const ofTls = /ssl|tls|cert|verif|encrypt|unauthorized|^(?:ca|servername)$/i;

/** The switch itself, such as `ssl-mode`, and where it is off. */
const switches = /^(?:use|require)?(?:ssl|tls)[-_]?(?:mode)?$/i;
const off = /^(?:disabled?|false|off|no|none|0)$/i;

interface Driver {
  readonly name: string;
  /** What to write in the URL. */
  readonly advice: string;
  /** Whether it makes something of an option for TLS. */
  reads(name: string, value: string): boolean;
  /** Whether it encrypts, and checks the certificate. */
  verifies(parameters: URLSearchParams, url: string): boolean;
}

const files = ['sslrootcert', 'sslcert', 'sslkey'];

const drivers: Readonly<Partial<Record<StoreKind, Driver>>> = {
  postgres: {
    name: 'pg',
    advice: '?sslmode=verify-full, with sslrootcert= for the file of an authority of your own',
    reads: (name, value) =>
      // Any other value of ssl ends the process, in the middle of the handshake.
      name === 'ssl'
        ? /^(?:true|1|0|no-verify)$/.test(value)
        : ['sslmode', 'sslnegotiation', ...files].includes(name),
    verifies(parameters) {
      const [mode, ssl] = [parameters.get('sslmode') ?? '', parameters.get('ssl') ?? ''];
      if (mode !== '') {
        return !/^(?:disable|no-verify)$/.test(mode) && !parameters.has('uselibpqcompat');
      }
      return /^(?:true|1)$/.test(ssl) || files.some((name) => parameters.has(name));
    },
  },
  mysql: {
    name: 'mysql2',
    advice: '?ssl={"verifyIdentity":true}, with "ca" in it for an authority of your own',
    reads: (name, value) => name === 'ssl' && isMysqlProfile(value),
    verifies(parameters) {
      const value = parameters.get('ssl') ?? '';
      const profile = parseJson(value);
      return hasMembers(profile) ? profile.rejectUnauthorized !== false : isMysqlProfile(value);
    },
  },
  redis: {
    name: 'redis',
    advice: 'rediss: in place of redis:',
    reads: () => false,
    verifies: (_, url) => /^rediss:/i.test(url),
  },
};

/** Whether mysql2 takes it for `ssl`: an object, or the one name that it knows. */
const isMysqlProfile = (value: string) => hasMembers(parseJson(value)) || value === 'Amazon RDS';

/**
 * Leaves in the query of a URL what its driver makes of it what is meant.
 *
 * @throws {OptionInvalidError} An option asks for TLS, and the driver would connect without.
 */
export function settleDriverOptions(
  parameters: URLSearchParams,
  kind: StoreKind,
  url: string,
): void {
  const driver = drivers[kind];
  if (driver === undefined) return;
  for (const name of new Set(parameters.keys())) {
    if (ofTls.test(name) && parameters.getAll(name).length > 1) {
      throw new OptionInvalidError(`?${name}= stands more than once in the URL.`);
    }
  }
  if (kind === 'postgres') settleSslMode(parameters);
  for (const [name, value] of [...parameters].filter(([one]) => ofTls.test(one))) {
    if (driver.reads(name, value)) continue;
    const isOff = switches.test(name) && off.test(value);
    if (!isOff && !driver.verifies(parameters, url)) {
      throw new OptionInvalidError(
        `?${name}= in the URL asks for TLS, which ${driver.name} does not understand: it would connect without. Write ${driver.advice}.`,
      );
    }
    parameters.delete(name);
  }
  if (kind !== 'mysql') return;
  leaveOptionsOfOthers(parameters);
  const charset = parameters.get('charset') ?? 'utf8mb4';
  if (!/^utf8mb4(?:_|$)/i.test(charset)) throw wrongCharset('?charset= in the URL');
}

/** pg 8 takes all of these for verify-full, and warns that its next release will check less. */
function settleSslMode(parameters: URLSearchParams): void {
  // Releases that do not know it would connect without TLS.
  const isAlone = !parameters.has('ssl') && !parameters.has('sslmode');
  if (isAlone && parameters.has('sslnegotiation')) parameters.set('sslmode', 'verify-full');
  const isOneOfThese = /^(?:allow|prefer|require|verify-ca)$/.test(parameters.get('sslmode') ?? '');
  if (isOneOfThese && !parameters.has('uselibpqcompat')) parameters.set('sslmode', 'verify-full');
}

/** mysql2 warns of options that it does not know, such as those of Prisma. Its own have no - and no _. */
function leaveOptionsOfOthers(parameters: URLSearchParams): void {
  const socket = parameters.get('socket');
  if (socket !== null) parameters.set('socketPath', socket);
  for (const name of [...parameters.keys()]) {
    if (/[-_]|^(?:socket|reconnect)$/.test(name)) parameters.delete(name);
  }
}
