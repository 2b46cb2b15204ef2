// Options in the URL that are for drivers: none that asks for TLS is ignored, those of other clients do no harm.
import { expect, test } from 'vitest';
import { OptionInvalidError } from '../../src/index.js';
import { openSessionStorage } from '../../src/open/index.js';
import { parseStoreUrl } from '../../src/open/parse-store-url.js';

const mysql = 'mysql://app:hunter2@localhost/app';
const postgres = 'postgres://app:hunter2@localhost/app';
const redis = 'redis://app:hunter2@localhost';

test.each([
  // DigitalOcean and Aiven.
  [`${mysql}?ssl-mode=REQUIRED`, 'ssl-mode', '?ssl={"verifyIdentity":true}'],
  // Prisma, PlanetScale.
  [`${mysql}?sslaccept=strict`, 'sslaccept', '?ssl={"verifyIdentity":true}'],
  [`${mysql}?sslcert=ca.pem`, 'sslcert', '?ssl='],
  [`${mysql}?sslidentity=client.p12&sslpassword=hunter2`, 'sslidentity', '?ssl='],
  // JDBC, Go, PHP, Python.
  [`${mysql}?useSSL=true`, 'useSSL', '?ssl='],
  [`${mysql}?tls=true`, 'tls', '?ssl='],
  [`${mysql}?sslmode=require`, 'sslmode', '?ssl='],
  [`${mysql}?ssl_ca=ca.pem`, 'ssl_ca', '?ssl='],
  [`${mysql}?rejectUnauthorized=true`, 'rejectUnauthorized', '?ssl='],
  // mysql2 throws for these, at the first call.
  [`${mysql}?ssl=true`, 'ssl', '?ssl={'],
  [`${mysql}?ssl=1`, 'ssl', '?ssl={'],
  [`${mysql}?ssl=require`, 'ssl', '?ssl={'],
  // Less than one of the two asks for.
  [`${mysql}?sslaccept=strict&ssl={"rejectUnauthorized":false}`, 'sslaccept', '?ssl={'],
  [`${postgres}?sslaccept=strict`, 'sslaccept', '?sslmode=verify-full'],
  [`${postgres}?sslMode=require`, 'sslMode', '?sslmode=verify-full'],
  [`${postgres}?ssl-mode=REQUIRED`, 'ssl-mode', '?sslmode=verify-full'],
  [`${postgres}?tls=true`, 'tls', '?sslmode=verify-full'],
  [`${postgres}?ssl=require`, 'ssl', '?sslmode=verify-full'],
  [`${postgres}?sslmode=no-verify&sslaccept=strict`, 'sslaccept', '?sslmode=verify-full'],
  [`${redis}?tls=true`, 'tls', 'rediss: in place of redis:'],
  [`${redis}?ssl=true`, 'ssl', 'rediss: in place of redis:'],
  [`${redis}?ssl_cert_reqs=required`, 'ssl_cert_reqs', 'rediss:'],
])('%s asks for TLS that its driver would not use: refused', (url, option, advice) => {
  const open = () => openSessionStorage(url);
  expect(open).toThrow(OptionInvalidError);
  expect(open).toThrow(`?${option}= in the URL asks for TLS, which`);
  expect(open).toThrow(advice);
  expect(open).not.toThrow('hunter2');
});

test.each([[`${postgres}?sslmode=require&sslmode=disable`], [`${mysql}?ssl={}&ssl=false`]])(
  '%s says both: refused',
  (url) => {
    expect(() => openSessionStorage(url)).toThrow('stands more than once in the URL');
  },
);

test.each([
  // pg takes them for verify-full, and prints a warning of five lines.
  [`${postgres}?sslmode=require`, '?sslmode=verify-full'],
  [`${postgres}?sslmode=prefer`, '?sslmode=verify-full'],
  [`${postgres}?sslmode=allow`, '?sslmode=verify-full'],
  [
    `${postgres}?sslmode=verify-ca&sslrootcert=a%2Fb.pem`,
    '?sslrootcert=a%2Fb.pem&sslmode=verify-full',
  ],
  // What libpq takes it for.
  [`${postgres}?sslmode=require&uselibpqcompat=true`, '?sslmode=require&uselibpqcompat=true'],
  [`${postgres}?sslmode=no-verify`, '?sslmode=no-verify'],
  [`${postgres}?sslmode=disable&tls=false`, '?sslmode=disable'],
  [`${postgres}?ssl=false`, ''],
  // Done by the other option.
  [`${postgres}?sslmode=verify-full&sslaccept=strict`, '?sslmode=verify-full'],
  [`${mysql}?sslaccept=strict&ssl={"rejectUnauthorized":true}`, '?ssl={"rejectUnauthorized":true}'],
  [`${mysql}?ssl-mode=DISABLED`, ''],
  [`${mysql}?ssl=false`, ''],
  [`${mysql}?ssl=Amazon%20RDS`, '?ssl=Amazon%20RDS'],
  [`${redis.replace('redis', 'rediss')}?ssl_cert_reqs=required`, ''],
  // Prisma's, and those of a platform.
  [`${mysql}?connection_limit=5&pool_timeout=2&reconnect=true`, ''],
  [`${mysql}?socket=/run/mysql.sock`, '?socketPath=%2Frun%2Fmysql.sock'],
  // Ours are taken out; what is left is as it was written.
  [`${postgres}?schema=app&options=-c%20geqo=off&deadline=5`, '?options=-c%20geqo=off'],
])('%s: the driver is given %s', (url, query) => {
  expect(parseStoreUrl(url).url).toBe(url.replace(/\?.*/, '') + query);
});
