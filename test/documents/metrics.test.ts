// The recipes for metrics count what happens: run with the real packages, over a real store.
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { compile, createAppFolder } from './app-folder.js';
import { codeBlock, documentText } from './documents.js';
import { run } from './run-program.js';

const compilerOptions = {
  target: 'es2022',
  module: 'nodenext',
  strict: true,
  exactOptionalPropertyTypes: true,
  skipLibCheck: true,
  types: ['node'],
};

/** Seals three fields, opens two, meets plaintext once and a token that was moved once. */
const app = `
import { Session } from '@shopify/shopify-api';
import { EncryptedSessionStorage, Keyring, KeyvSessionStorage } from 'shopify-app-session-storage-encrypted';
import { Keyv } from 'keyv';
import { observer } from './observer.mjs';

export async function useSessions() {
  const plain = new KeyvSessionStorage(new Keyv(), { observer });
  const keyring = Keyring.generate('example');
  const storage = new EncryptedSessionStorage(plain, { keyring, observer });
  const session = (shop, tokens) =>
    new Session({ id: 'offline_' + shop, shop, state: 'state', isOnline: false, ...tokens });
  const tokens = { accessToken: 'an example', refreshToken: 'another' };
  await storage.storeSession(session('a.example', tokens));
  await storage.storeSession(session('b.example', { accessToken: 'an example' }));
  await storage.loadSession('offline_a.example');
  await plain.storeSession(session('c.example', { accessToken: 'not sealed' }));
  await storage.loadSession('offline_c.example').catch(() => {});
  const { accessToken } = await plain.loadSession('offline_b.example');
  await plain.storeSession(session('d.example', { accessToken }));
  await storage.loadSession('offline_d.example').catch(() => {});
}
`;

async function runRecipe(name: string, report: string): Promise<unknown> {
  const folder = await createAppFolder(name);
  await writeFile(join(folder, 'observer.mts'), codeBlock(name).code);
  const config = { compilerOptions, files: ['observer.mts'] };
  await writeFile(join(folder, 'tsconfig.json'), JSON.stringify(config));
  expect(await compile(folder, '-p', 'tsconfig.json')).toBe('');
  await writeFile(join(folder, 'app.mjs'), app);
  await writeFile(join(folder, 'report.mjs'), report);
  const ended = await run(process.execPath, ['report.mjs'], { cwd: folder });
  expect(ended).toMatchObject({ code: 0, stderr: '' });
  return JSON.parse(ended.stdout);
}

describe('the recipe for prom-client', () => {
  let counts: Record<string, number>;

  beforeAll(async () => {
    counts = (await runRecipe(
      'prom-client',
      `import { useSessions } from './app.mjs';
      import { registry } from './observer.mjs';
      await useSessions();
      const counts = {};
      for (const { name, values } of await registry.getMetricsAsJSON()) {
        for (const { labels, value, metricName } of values) {
          counts[[metricName ?? name, ...Object.values(labels)].join(' ')] = value;
        }
      }
      console.log(JSON.stringify(counts));`,
    )) as Record<string, number>;
  });

  test('counts seals and opens by key, plaintext by field, and unreadable tokens by code', () => {
    expect(counts).toMatchObject({
      'session_seals_total example': 3,
      'session_opens_total example': 2,
      'session_plaintext_total accessToken': 1,
      'session_unreadable_total ERR_TOKEN_PLAINTEXT': 1,
      'session_unreadable_total ERR_TOKEN_CONTEXT': 1,
    });
  });

  test('measures how long the store takes for each operation', () => {
    const measured = (operation: string) =>
      Object.entries(counts).find(
        ([name]) => name.startsWith('session_store_call_seconds_count') && name.includes(operation),
      )?.[1];
    expect(measured('storeSession')).toBe(4);
    expect(measured('loadSession')).toBe(4);
  });

  test('has every metric that the alerts name', () => {
    const alerts = documentText('docs/observing.md').match(/session_\w+_(?:total|bucket)/g) ?? [];
    expect(alerts.length).toBeGreaterThan(5);
    const names = new Set(
      [...codeBlock('prom-client').code.matchAll(/counter\('(\w+)'/g)].map(
        ([, name]) => `session_${name}_total`,
      ),
    ).add('session_store_call_seconds_bucket');
    expect(alerts.filter((name) => !names.has(name))).toEqual([]);
  });
});

test('the recipe for OpenTelemetry counts the same', async () => {
  const sums = await runRecipe(
    'opentelemetry',
    `import { metrics } from '@opentelemetry/api';
    import { AggregationTemporality, InMemoryMetricExporter, MeterProvider, PeriodicExportingMetricReader } from '@opentelemetry/sdk-metrics';
    const exporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
    const reader = new PeriodicExportingMetricReader({ exporter });
    metrics.setGlobalMeterProvider(new MeterProvider({ readers: [reader] }));
    const { useSessions } = await import('./app.mjs');
    await useSessions();
    await reader.forceFlush();
    const sums = {};
    for (const { scopeMetrics } of exporter.getMetrics()) {
      for (const { metrics: found } of scopeMetrics) {
        for (const { descriptor, dataPoints } of found) {
          for (const { value } of dataPoints) {
            sums[descriptor.name] = (sums[descriptor.name] ?? 0) + (value.count ?? value);
          }
        }
      }
    }
    console.log(JSON.stringify(sums));
    await reader.shutdown();`,
  );
  expect(sums).toMatchObject({
    'session.seals': 3,
    'session.opens': 2,
    'session.plaintext': 1,
    'session.unreadable': 2,
    'session.store.call': 8,
  });
});
