// keys: the key ring, without a store.
import type { Keyring } from '../../index.js';
import type { Arguments, Command } from '../command.js';
import { type ExitCode, exitCodes } from '../exit-codes.js';
import { describeAge } from '../key-age.js';
import { ageFinding, keyringOf, keyringOption, maxAgeOption } from '../keyring-option.js';
import type { Terminal } from '../terminal.js';

export const keys: Command = {
  name: 'keys',
  summary: 'lists the key ring: id, fingerprint, algorithm, age; no store is needed',
  usage: '[options]',
  description: [
    'Lists the keys, the primary first. Compare fingerprints to see whether two machines',
    'have the same keys. No key is printed. The age is known of keys in a JWK Set with "iat".',
  ],
  options: {
    ...keyringOption,
    ...maxAgeOption,
    json: { help: ['Writes the keys as JSON.'] },
  },
  examples: ['keys', 'keys --max-age 180d', 'keys --keyring ./keyring.mjs --json'],
  positionals: 0,
  run,
};

async function run(given: Arguments, terminal: Terminal): Promise<ExitCode> {
  const keyring = await keyringOf(given);
  const finding = ageFinding(given, keyring);
  if (given.flag('json')) {
    terminal.reportJson({ keys: keyring.kids.map((kid) => asJson(keyring, kid)), finding });
  } else {
    terminal.report(...describeRing(keyring), ...(finding === undefined ? [] : [finding]));
  }
  return finding === undefined ? exitCodes.done : exitCodes.finding;
}

function asJson(keyring: Keyring, kid: string) {
  return {
    kid,
    fingerprint: keyring.fingerprint(kid),
    algorithm: keyring.algorithm(kid),
    created: keyring.created(kid)?.toISOString(),
    primary: kid === keyring.primary,
  };
}

function describeRing(keyring: Keyring): string[] {
  const width = Math.max(...keyring.kids.map((kid) => kid.length));
  return keyring.kids.map((kid) => {
    const columns = [
      kid.padEnd(width),
      keyring.fingerprint(kid),
      keyring.algorithm(kid).padEnd(13),
      (describeAge(keyring.created(kid)) ?? 'age unknown').padEnd(11),
      kid === keyring.primary ? 'primary, seals' : 'opens only',
    ];
    return columns.join('  ');
  });
}
