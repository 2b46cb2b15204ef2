// The flows over the storages, bare and wrapped, with the same assertions. `npm run test:matrix` runs
// all of them; otherwise a part does.
import { describe, expect, onTestFinished, type TestContext, test } from 'vitest';
import { startFakeShopify } from '../../demo/fake-shopify/index.js';
import { EncryptedSessionStorage, Keyring } from '../../src/index.js';
import type { Backend } from '../conformance/backend.js';
import { sharedServer } from '../servers/shared.js';
import { readableTokens } from '../shopify/at-rest.js';
import type { Framework } from './flow-app.js';
import type { FlowResult } from './flow-results.js';
import { type Flow, flows } from './flows.js';
import { express, flowsOf, frameworks, reactRouter } from './frameworks.js';
import { storages } from './storages.js';

const isWhole = process.env.FLOWS === 'all';

/** Without the whole, React Router stands for all frameworks, except where it lacks a flow. */
const tried = isWhole
  ? frameworks.map((framework) => ({ ...framework, goes: flowsOf(framework) }))
  : [
      { ...reactRouter, goes: flowsOf(reactRouter) },
      { ...express, goes: flowsOf(express).filter((flow) => reactRouter.lacks.includes(flow)) },
    ];

interface FlowParts {
  readonly backend: Backend;
  readonly framework: Framework;
  readonly flow: string;
  readonly isWrapped: boolean;
}

/** For the reporter. */
function note({ task }: Pick<TestContext, 'task'>, parts: FlowParts, checks: number): void {
  const { backend, framework, flow, isWrapped } = parts;
  const storage = backend.name.replace(/^official /, '');
  const result: FlowResult = { framework: framework.name, storage, flow, isWrapped, checks };
  Object.assign(task.meta, { flow: result });
}

/** Runs a flow over an empty place, and notes how many checks it made. */
async function run(context: Pick<TestContext, 'task'>, parts: FlowParts): Promise<void> {
  const { backend, framework, flow, isWrapped } = parts;
  const shopify = await startFakeShopify();
  onTestFinished(() => shopify.close());
  const server = backend.server === undefined ? '' : (sharedServer(backend.server) ?? '');
  const place = await backend.create(server);
  onTestFinished(() => backend.drop(place));
  const connections = [await backend.connect(place)];
  onTestFinished(async () => {
    for (const connection of connections) await connection.close();
  });
  const keyring = Keyring.generate();
  const wrap = (inner: (typeof connections)[0]['storage']) =>
    isWrapped ? new EncryptedSessionStorage(inner, { keyring }) : inner;
  const [first] = connections;
  if (first === undefined) throw new Error('There is no connection.');
  const sessionStorage = wrap(first.storage);
  // A storage in memory has one connection.
  const another = async () => {
    if (backend.name === 'official memory') return first.storage;
    const connection = await backend.connect(place);
    connections.push(connection);
    return connection.storage;
  };
  const start: Parameters<Flow>[0]['start'] = async (options = { online: false }) => {
    const app = await framework.start({
      shopify,
      sessionStorage: wrap(await another()),
      ...options,
    });
    onTestFinished(() => app.close());
    return app;
  };
  await flows[flow]?.({ shopify, sessionStorage, start });
  note(context, parts, expect.getState().assertionCalls);
  if (!isWrapped) return;
  const contents = Buffer.from((await first.raw()) + ((await first.bytes?.()) ?? ''), 'latin1');
  expect(readableTokens(contents, shopify.credentials.tokens)).toEqual([]);
}

for (const { load, always, wrongBare = [] } of storages) {
  if (!always && !isWhole) continue;
  const backend = await load();
  const isMissing = backend.server !== undefined && sharedServer(backend.server) === undefined;
  describe.skipIf(isMissing).each(tried)(`${backend.name}, $name`, (framework) => {
    for (const flow of framework.goes) {
      const isWrong = wrongBare.includes(flow);
      test(`bare: ${flow}${isWrong ? ' goes wrong' : ''}`, async (context) => {
        const done = run(context, { backend, framework, flow, isWrapped: false });
        if (!isWrong) return done;
        await expect(done).rejects.toThrow();
        note(context, { backend, framework, flow, isWrapped: false }, 0);
      });
      test(`wrapped: ${flow}`, (context) =>
        run(context, { backend, framework, flow, isWrapped: true }));
    }
  });
}
