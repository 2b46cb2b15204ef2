// On what, and with which versions, the figures came about.
import { readFileSync } from 'node:fs';
import { cpus, loadavg, release, totalmem, type } from 'node:os';
import { join } from 'node:path';
import { repository } from './package-cost/repository.js';

export interface Machine {
  readonly node: string;
  readonly v8: string;
  readonly openssl: string;
  readonly system: string;
  readonly processor: string;
  readonly cores: number;
  /** In gibibytes. */
  readonly memory: number;
  /** Processes that wanted to run in the last minute before the run. Above `cores`: do not trust it. */
  readonly loadBefore: number;
  readonly servers: Readonly<Record<string, string>>;
  readonly packages: Readonly<Record<string, string>>;
}

const packages = [
  ...['jose', '@47ng/cloak', '@hapi/iron', 'iron-webcrypto', 'fernet', 'keyv', '@keyv/redis'],
  ...['@keyv/postgres', 'redis', 'pg', 'mysql2', '@shopify/shopify-api'],
  ...['@shopify/shopify-app-session-storage-redis'],
  ...['@shopify/shopify-app-session-storage-postgresql'],
];

/** A server that something is measured on. */
export interface DescribedServer {
  readonly backend: string;
  readonly version: string;
}

export function describeMachine(servers: readonly DescribedServer[]): Machine {
  const [processor] = cpus();
  return {
    node: process.versions.node,
    v8: process.versions.v8,
    openssl: process.versions.openssl,
    system: `${type()} ${release()} ${process.arch}`,
    processor: processor?.model.trim() ?? 'unknown',
    cores: cpus().length,
    memory: Math.round(totalmem() / 2 ** 30),
    loadBefore: Math.round((loadavg()[0] ?? 0) * 10) / 10,
    servers: Object.fromEntries(servers.map(({ backend, version }) => [backend, version])),
    packages: Object.fromEntries(packages.map((name) => [name, versionOf(name)])),
  };
}

function versionOf(name: string): string {
  const path = join(repository, 'node_modules', name, 'package.json');
  return (JSON.parse(readFileSync(path, 'utf8')) as { version: string }).version;
}
