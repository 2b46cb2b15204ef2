// Where an app on this machine is reached.

/**
 * The address without TLS. Releases 1 and 2 of shopify-api send everyone to `https:`, which a proxy in
 * front of the app would end; there is none here.
 */
export function withoutTls(address: string): string {
  return address.replace(/^https:\/\/127\.0\.0\.1:/, 'http://127.0.0.1:');
}
