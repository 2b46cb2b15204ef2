// Servers that speak TLS, each with a certificate that a test can replace, and a user `app`.
import { X509Certificate } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import type { TLSSocket } from 'node:tls';
import { createConnection } from 'mysql2/promise';
import pg from 'pg';
import type { CertificateName, Certificates, ServerFiles } from '../servers/certificates.js';
import { startMysql } from '../servers/mysql.js';
import { freePort } from '../servers/owned-process.js';
import { startPostgres } from '../servers/postgres.js';
import { type OwnRedis, startRedis } from '../servers/redis.js';
import { unprivilegedUser } from '../servers/run-program.js';

export const password = 'hunter2-hunter2';

/** A server of one kind. */
export interface TlsServer {
  /** Where it speaks TLS. */
  readonly port: number;
  /** Of `app`, without what it says of TLS. */
  readonly url: string;
  /** From now on, new connections get this certificate. */
  present(name: CertificateName): Promise<void>;
  stop(): Promise<void>;
}

/** One that takes connections without TLS at the same port. */
export interface TlsSqlServer extends TlsServer {
  /** From now on, it refuses those, or takes them. */
  insist(isRequired: boolean): Promise<void>;
}

/** Settings of `redis-server` for TLS but the port. */
export function redisSettings({ certificate, key }: ServerFiles, { authority }: Certificates) {
  return Object.entries({
    'tls-cert-file': certificate,
    'tls-key-file': key,
    'tls-ca-cert-file': authority,
    'tls-auth-clients': 'no',
  });
}

/** The same, for its command line. */
export const redisArguments = (files: ServerFiles, certificates: Certificates): string[] =>
  redisSettings(files, certificates).flatMap(([name, value]) => [`--${name}`, value]);

export interface TlsRedis extends TlsServer {
  /** Which has a port without TLS. */
  readonly redis: OwnRedis;
}

export async function startTlsRedis(certificates: Certificates): Promise<TlsRedis> {
  const [port, files] = [await freePort(), await certificates.filesFor('redis')];
  const args = ['--tls-port', String(port), ...redisArguments(files, certificates)];
  const redis = await startRedis({ args });
  await redis.command(['ACL', 'SETUSER', 'app', 'on', `>${password}`, '~*', '&*', '+@all']);
  return {
    redis,
    port,
    url: `rediss://app:${password}@localhost:${port}`,
    async present(name) {
      await files.hold(name);
      // It reads the files again.
      await redis.command(['CONFIG', 'SET', 'tls-cert-file', files.certificate]);
    },
    stop: () => redis.stop(),
  };
}

export async function startTlsPostgres(certificates: Certificates): Promise<TlsSqlServer> {
  const files = await certificates.filesFor('postgres', await unprivilegedUser('postgres'));
  const postgres = await startPostgres();
  const { port, query } = postgres;
  const [setting] = await query('SHOW hba_file');
  await query('CREATE ROLE app LOGIN SUPERUSER');
  await query('CREATE DATABASE app');
  await query(`ALTER SYSTEM SET ssl_cert_file = ${pg.escapeLiteral(files.certificate)}`);
  await query(`ALTER SYSTEM SET ssl_key_file = ${pg.escapeLiteral(files.key)}`);
  await query('ALTER SYSTEM SET ssl = on');
  const reload = async (isDone: () => Promise<boolean>) => {
    await query('SELECT pg_reload_conf()');
    while (!(await isDone())) await new Promise((resolve) => setTimeout(resolve, 20));
  };
  const present = async (name: CertificateName) => {
    await files.hold(name);
    const { fingerprint256 } = new X509Certificate(await readFile(files.certificate));
    await reload(async () => (await certificateAt(port)) === fingerprint256);
  };
  await present('trusted');
  return {
    port,
    url: `postgres://app:${password}@localhost:${port}/app`,
    present,
    async insist(isRequired) {
      // The test itself may do without.
      const lines = isRequired
        ? 'hostssl all all all trust\nhost all postgres all trust\n'
        : 'host all all all trust\n';
      await writeFile(String(setting?.hba_file), lines);
      await reload(async () => (await takesPlaintext(port)) !== isRequired);
    },
    stop: () => postgres.stop(),
  };
}

/** The fingerprint of what a PostgreSQL presents to a new connection. */
const certificateAt = (port: number) =>
  asked(
    { port, user: 'postgres', ssl: { rejectUnauthorized: false } },
    ({ connection }) => (connection.stream as TLSSocket).getPeerCertificate().fingerprint256,
  );

const takesPlaintext = async (port: number) =>
  (await asked({ port, user: 'app', database: 'app' }, () => true)) ?? false;

async function asked<T>(
  config: pg.ClientConfig,
  answer: (client: { readonly connection: { readonly stream: unknown } }) => T,
): Promise<T | undefined> {
  const client = new pg.Client({ host: '127.0.0.1', ...config });
  client.on('error', () => {});
  try {
    await client.connect();
    return answer(client as unknown as Parameters<typeof answer>[0]);
  } catch {
    return undefined;
  } finally {
    await client.end();
  }
}

export async function startTlsMysql(certificates: Certificates): Promise<TlsSqlServer> {
  const files = await certificates.filesFor('mysql', await unprivilegedUser('mysql'));
  const own = [`--ssl-cert=${files.certificate}`, `--ssl-key=${files.key}`];
  const mysql = await startMysql(own);
  await mysql.query('CREATE DATABASE app');
  // MariaDB has a user without a name at localhost, who goes before that of any host.
  for (const host of ['localhost', '%']) {
    await mysql.query(`CREATE USER app@'${host}' IDENTIFIED BY '${password}'`);
    await mysql.query(`GRANT ALL ON app.* TO app@'${host}'`);
  }
  return {
    port: mysql.port,
    url: `mysql://app:${password}@localhost:${mysql.port}/app`,
    async present(name) {
      await files.hold(name);
      // As MariaDB has it, and as MySQL has it.
      await mysql.query('FLUSH SSL').catch(() => mysql.query('ALTER INSTANCE RELOAD TLS'));
    },
    async insist(isRequired) {
      const ssl = { rejectUnauthorized: false };
      const connection = await createConnection({ uri: mysql.url, ssl });
      await connection.query(`SET GLOBAL require_secure_transport = ${isRequired ? 'ON' : 'OFF'}`);
      await connection.end();
    },
    stop: () => mysql.stop(),
  };
}
