// Certificates for servers of our own, made by openssl: signed by an authority of the test, and such as no
// client should trust.
import { chown, copyFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findProgram } from './find-program.js';
import { runProgram } from './run-program.js';

/** `trusted` is for localhost, 127.0.0.1 and ::1, as all but `otherHost`, which is for sessions.example. */
export const certificateNames = ['trusted', 'selfSigned', 'expired', 'otherHost'] as const;
export type CertificateName = (typeof certificateNames)[number];

/** The files of one server. What they hold can be replaced; their paths stay. */
export interface ServerFiles {
  readonly certificate: string;
  readonly key: string;
  /** From now on, they hold this one. */
  hold(name: CertificateName): Promise<void>;
}

export interface Certificates {
  /** The file of the authority that has signed all but `selfSigned`. */
  readonly authority: string;
  /** @param uid The user of the server, who alone may read the key. */
  filesFor(server: string, uid?: number): Promise<ServerFiles>;
  remove(): Promise<void>;
}

export const canMakeCertificates = (): boolean => findProgram('openssl') !== undefined;

const hosts: Readonly<Record<CertificateName, string>> = {
  trusted: 'DNS:localhost,IP:127.0.0.1,IP:::1',
  selfSigned: 'DNS:localhost,IP:127.0.0.1,IP:::1',
  expired: 'DNS:localhost,IP:127.0.0.1,IP:::1',
  otherHost: 'DNS:sessions.example',
};

export async function makeCertificates(): Promise<Certificates> {
  const openssl = findProgram('openssl');
  if (openssl === undefined) throw new Error('openssl is not installed.');
  const folder = await mkdtemp(join(tmpdir(), 'test-certificates-'));
  const folders: string[] = [];
  const run = (...args: string[]) => runProgram(openssl, args, { cwd: folder });
  const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  const subject = (name: string) => ['-subj', `/O=test/CN=${name}`];
  await run(
    ...['req', '-x509', ...newKey, '-keyout', 'authority.key', '-out', 'authority.pem'],
    ...['-days', '2', ...subject('Authority')],
  );
  const make = async (name: CertificateName) => {
    const [key, request, extensions] = [`${name}.key`, `${name}.csr`, `${name}.txt`];
    await run('req', '-new', ...newKey, '-keyout', key, '-out', request, ...subject(name));
    await writeFile(join(folder, extensions), `subjectAltName=${hosts[name]}\n`);
    const signer =
      name === 'selfSigned'
        ? ['-signkey', key]
        : ['-CA', 'authority.pem', '-CAkey', 'authority.key', '-set_serial', serialOf(name)];
    await run(
      ...['x509', '-req', '-in', request, '-out', `${name}.pem`, ...signer],
      ...['-days', name === 'expired' ? '-1' : '2', '-extfile', extensions],
    );
  };
  await Promise.all(certificateNames.map(make));
  return {
    authority: join(folder, 'authority.pem'),
    async filesFor(server, uid) {
      const directory = await mkdtemp(join(tmpdir(), `test-certificates-${server}-`));
      folders.push(directory);
      if (uid !== undefined) await chown(directory, uid, -1);
      const files = {
        certificate: join(directory, 'server.pem'),
        key: join(directory, 'server.key'),
      };
      const hold = async (name: CertificateName) => {
        for (const [file, extension] of [
          [files.certificate, 'pem'],
          [files.key, 'key'],
        ] as const) {
          await copyFile(join(folder, `${name}.${extension}`), file);
          if (uid !== undefined) await chown(file, uid, -1);
        }
      };
      await hold('trusted');
      return { ...files, hold };
    },
    async remove() {
      const all = [folder, ...folders];
      await Promise.all(all.map((one) => rm(one, { recursive: true, force: true })));
    },
  };
}

const serialOf = (name: CertificateName) => String(certificateNames.indexOf(name) + 1);
