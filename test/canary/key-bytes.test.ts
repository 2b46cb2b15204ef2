// Where the bytes of a key are in memory once it is in a key ring.
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { packedProgram } from '../cli/program.js';
import { temporaryFolder } from '../cli/scene.js';

/** A key whose bytes are text that is found again. Nobody's: it is not random. */
const rawKey = 'raw-bytes-of-a-key-found-no-more';

const program = await packedProgram();

/** Counts text in the memory of the process that runs it, without making a copy of the text. */
function countInMemory(inverted: number[]): number {
  const fs = process.getBuiltinModule('node:fs');
  const needle = Buffer.from(inverted);
  const chunk = Buffer.alloc(1 << 20);
  const memory = fs.openSync('/proc/self/mem', 'r');
  let count = 0;
  for (const line of fs.readFileSync('/proc/self/maps', 'latin1').split('\n')) {
    const [, start = '', end = ''] = /^([0-9a-f]+)-([0-9a-f]+) rw/.exec(line) ?? [];
    if (start === '' || /\[v(?:var|syscall)/.test(line)) continue;
    const last = Number.parseInt(end, 16);
    for (let at = Number.parseInt(start, 16); at < last; at += chunk.length - needle.length) {
      let length = 0;
      try {
        length = fs.readSync(memory, chunk, 0, Math.min(chunk.length, last - at), at);
      } catch {
        break; // memory that cannot be read
      }
      for (let index = 0; index < length; index++) chunk[index] = (chunk[index] ?? 0) ^ 0xff;
      for (
        let found = chunk.indexOf(needle);
        found !== -1;
        found = chunk.indexOf(needle, found + 1)
      ) {
        if (found + needle.length <= length) count++;
      }
      chunk.fill(0);
    }
  }
  return count;
}

/** How often the raw key is in the memory of a process that has run `code`. */
async function copiesAfter(code: string): Promise<number> {
  const cwd = await temporaryFolder();
  const inverted = [...Buffer.from(rawKey)].map((byte) => byte ^ 0xff);
  const script = `
    import { writeFileSync } from 'node:fs';
    import { Keyring } from ${JSON.stringify(join(program.folder, 'dist/index.mjs'))};
    const { CANARY_KEY: key } = process.env;
    ${code}
    console.log((${countInMemory})(${JSON.stringify(inverted)}));
  `;
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['--input-type=module', '-e', script],
    {
      cwd,
      env: { PATH: process.env.PATH, CANARY_KEY: Buffer.from(rawKey).toString('base64url') },
    },
  );
  return Number(stdout);
}

describe.skipIf(!existsSync('/proc/self/mem'))(
  'the bytes of a key are in memory once, in the KeyObject of node:crypto',
  () => {
    it.each([
      ['from text', "globalThis.keyring = Keyring.parse('a:' + key);"],
      [
        'from a JWK Set',
        "globalThis.keyring = Keyring.fromJwks({ keys: [{ kty: 'oct', kid: 'a', alg: 'A256GCM', k: key }] });",
      ],
    ])('%s', async (_, code) => {
      expect(await copiesAfter(code)).toBe(1);
    });

    it('from a file, however often the interval passes', async () => {
      const copies = await copiesAfter(`
      writeFileSync('keys', 'a:' + key);
      const now = Date.now;
      Date.now = () => now() + 60_000;
      globalThis.keyring = Keyring.fromFile('keys', { refreshInterval: 0.001 });
      for (let n = 0; n < 2_000; n++) keyring.primary;
    `);
      expect(copies).toBe(1);
    });
  },
);
