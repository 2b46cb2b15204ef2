// The alerts of docs/observing.md fire at the first event, with the counters as the recipe makes them: the series
// is not there before.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { findProgram } from '../servers/find-program.js';
import { documentText } from './documents.js';
import { run } from './run-program.js';

/** Each alert and its expression, as the table has them. */
const alerts = [
  ...documentText('docs/observing.md').matchAll(/^\| ([^|]+) \| `([^`]*session_[^`]*)` \|/gm),
].map(([, name = '', expression = '']) => ({ name, expression }));

const expressionOf = (name: string) => alerts.find((alert) => alert.name === name)?.expression;

test('there is one for each row of the table', () => {
  expect(alerts).toHaveLength(7);
});

test.each(alerts.filter(({ expression }) => /increase.* > 0/.test(expression)))(
  'one that counts from the first event sees a series that begins: $name',
  ({ expression }) => {
    const [, series, window] = /increase\((\S+)\[(\w+)\]\) > 0/.exec(expression) ?? [];
    expect(expression).toContain(`> 0 or ${series} unless ${series} offset ${window}`);
  },
);

test('none looks back further than Prometheus keeps data by default', () => {
  for (const { expression } of alerts) {
    const windows = [...expression.matchAll(/(?:\[|offset )(\d+)([mhd])/g)];
    const days = windows.map(([, count, unit]) => (unit === 'd' ? Number(count) : 1));
    expect(Math.max(...days)).toBeLessThan(15);
  }
});

/** What each counts, and the labels of its alert. */
const counted: readonly [name: string, metric: string, labels: string, window: number][] = [
  ['a token cannot be opened', 'session_unreadable_total', 'code: ERR_TOKEN_CONTEXT', 10],
  ['plaintext is read after stage 4', 'session_plaintext_total', 'field: accessToken', 10],
  ['an old key still opens tokens', 'session_opens_total', 'kid: 2026-05', 1440],
  ['calls time out', 'session_store_timeouts_total', 'store: the PostgreSQL database', 5],
];

const promtool = findProgram('promtool');

/** Evaluates an alert at these minutes; answers whether promtool finds it as expected. */
async function expectAlert(
  [name, metric, labels]: (typeof counted)[number],
  values: string,
  expected: readonly (readonly [minute: number, fires: boolean])[],
): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'alerts-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const rule = { alert: 'Alert', expr: expressionOf(name) };
  await writeFile(
    join(folder, 'rules.yml'),
    JSON.stringify({ groups: [{ name: 'alerts', rules: [rule] }] }),
  );
  const [label = '', value = ''] = labels.split(': ');
  const tests = {
    rule_files: ['rules.yml'],
    evaluation_interval: '1m',
    tests: [
      {
        interval: '1m',
        input_series: [{ series: `${metric}{${label}="${value}"}`, values }],
        alert_rule_test: expected.map(([minute, fires]) => ({
          eval_time: `${minute}m`,
          alertname: 'Alert',
          exp_alerts: fires ? [{ exp_labels: { [label]: value } }] : [],
        })),
      },
    ],
  };
  await writeFile(join(folder, 'test.yml'), JSON.stringify(tests));
  const ended = await run(String(promtool), ['test', 'rules', 'test.yml'], { cwd: folder });
  expect(ended.code, ended.stdout + ended.stderr).toBe(0);
}

test.skipIf(promtool === undefined).each(counted)(
  'promtool: %s, at the first event and at each after it, and not between them',
  async (...alert) => {
    const [, , , window] = alert;
    const second = 5 + 2 * window;
    await expectAlert(alert, `_x5 1x${2 * window - 1} 2x${2 * window}`, [
      [4, false],
      [5, true],
      [4 + window, true],
      [6 + window, false],
      [second - 1, false],
      [second, true],
      [second + window + 1, false],
    ]);
  },
);

test.skipIf(promtool === undefined).each(counted)(
  'promtool: %s, also where the series begins at 0',
  async (...alert) => {
    await expectAlert(alert, '_ 0x4 1x4', [[7, true]]);
  },
);
