// The recipes for keys from a secrets manager, run with the vendor's client against a local endpoint.
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage } from 'node:http';
import { join } from 'node:path';
import { json } from 'node:stream/consumers';
import { beforeAll, expect, onTestFinished, test } from 'vitest';
import { createAppFolder } from './app-folder.js';
import { codeBlock } from './documents.js';
import { run } from './run-program.js';

const ring = ['2026-11-k7', '2026-05-a2']
  .map((kid) => `${kid}:${randomBytes(32).toString('base64url')}`)
  .join(',');

let folder: string;
beforeAll(async () => {
  folder = await createAppFolder('key-recipes');
});

/** An endpoint that answers as a vendor's does. */
async function endpoint(answer: (request: IncomingMessage) => unknown): Promise<string> {
  const server = createServer(async (request, response) => {
    const body = JSON.stringify(await answer(request));
    response.writeHead(200, { 'content-type': 'application/json' }).end(body);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  const address = server.address();
  return `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
}

/** Runs a recipe as an app imports it, and answers the ids of its key ring. */
async function kidsOf(name: string, env: NodeJS.ProcessEnv): Promise<string> {
  await writeFile(join(folder, 'keyring.mjs'), codeBlock(name).code);
  await writeFile(
    join(folder, 'app.mjs'),
    `import { keyring } from './keyring.mjs'; console.log(keyring.kids.join()); process.exit();`,
  );
  const ended = await run(process.execPath, ['app.mjs'], {
    cwd: folder,
    env: { PATH: process.env.PATH, HOME: folder, ...env },
  });
  expect(ended, ended.stderr).toMatchObject({ code: 0 });
  return ended.stdout.trim();
}

const aws = (url: string) => ({
  AWS_ENDPOINT_URL: url,
  AWS_REGION: 'eu-west-1',
  AWS_ACCESS_KEY_ID: 'nobody',
  AWS_SECRET_ACCESS_KEY: 'nobody',
});

test('AWS Secrets Manager', async () => {
  const url = await endpoint(async (request) => {
    expect(request.headers['x-amz-target']).toBe('secretsmanager.GetSecretValue');
    expect(await json(request)).toEqual({ SecretId: 'session-encryption-keys' });
    return { SecretString: `${ring}\n` };
  });
  expect(await kidsOf('aws-secrets-manager', aws(url))).toBe('2026-11-k7,2026-05-a2');
});

test('AWS KMS', async () => {
  const wrapped = Buffer.from('wrapped').toString('base64');
  const url = await endpoint(async (request) => {
    expect(request.headers['x-amz-target']).toBe('TrentService.Decrypt');
    expect(await json(request)).toEqual({ CiphertextBlob: wrapped });
    return { KeyId: 'key', Plaintext: Buffer.from(ring).toString('base64') };
  });
  const env = { ...aws(url), WRAPPED_SESSION_KEYS: wrapped };
  expect(await kidsOf('aws-kms', env)).toBe('2026-11-k7,2026-05-a2');
  // The page says how many keys fit into what KMS encrypts.
  expect((2 + '2026-11-k7'.length + 43) * 70).toBeLessThan(4_096);
});

test('HashiCorp Vault', async () => {
  const url = await endpoint((request) => {
    expect(request.url).toBe('/v1/secret/data/shopify-app');
    expect(request.headers['x-vault-token']).toBe('nobody');
    return { data: { data: { session_encryption_keys: ring }, metadata: { version: 1 } } };
  });
  const env = { VAULT_ADDR: url, VAULT_TOKEN: 'nobody' };
  expect(await kidsOf('vault', env)).toBe('2026-11-k7,2026-05-a2');
});
