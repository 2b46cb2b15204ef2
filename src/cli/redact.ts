// Takes secrets out of messages that others wrote: drivers and catalogs of the app's own may quote
// URLs, statements and values.

const hidden = '***';
const secrets = new Set<string>();

/** From now on, hides the password of `url`, also as it is written elsewhere. */
export function hidePasswordOf(url: string): void {
  // Up to the last @, for one that should have been encoded.
  addSecret(/:\/\/[^:@/\s]*:(\S*)@/.exec(url)?.[1]);
  for (const [, password] of url.matchAll(/[?&](?:password|pass|pwd|token)=([^&#\s]*)/gi)) {
    addSecret(password);
  }
}

/** From now on, hides the keys in the environment. */
export function hideKeysInEnvironment(): void {
  for (const [, key] of (process.env.SESSION_ENCRYPTION_KEYS ?? '').matchAll(/([\w-]{40,})/g)) {
    addSecret(key);
  }
}

/** `message` without the secrets that are known. */
export function withoutKnownSecrets(message: string): string {
  let text = message;
  for (const secret of secrets) text = text.replaceAll(secret, hidden);
  return text;
}

function addSecret(text: string | undefined): void {
  if (text === undefined) return;
  // One or two characters would take every word apart, and hide nothing.
  if (text.length > 2) secrets.add(text);
  try {
    const decoded = decodeURIComponent(text);
    if (decoded.length > 2) secrets.add(decoded);
  } catch {
    // Not an encoded text: it is written as it is.
  }
}
