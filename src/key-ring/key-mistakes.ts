// The mistakes people make when they hand keys on, each with what to change. A problem never repeats
// what was given: it may be a key, or another secret that was put in the wrong place.

const VARIABLE = 'SESSION_ENCRYPTION_KEYS';
const QUOTES = '"\'`“”‘’«»';
const ONE_KEY = /^[\w.-]{1,32}:[\w-]{43}/;
/** A key at the start, whatever its id: `arn` is one. */
const KEY_FIRST = new RegExp(`${ONE_KEY.source}(?:[\\s,;]|$)`);

/** Whether a text that should be a path is keys. */
export function looksLikeKeys(path: string): boolean {
  return /^([\w.-]{1,32}:[\w-]{42}|\{)/.test(path);
}

/** What is wrong with a text as a whole; undefined if its keys can be looked at one by one. */
export function mistakeInText(text: string): string | undefined {
  if (QUOTES.includes(text.charAt(0))) {
    return 'starts with a quotation mark; remove the quotes around the value';
  }
  if (KEY_FIRST.test(text)) return mistakeInList(text);
  if (/^(?:export\s+)?SESSION_ENCRYPTION_KEYS?\s*[=:]/.test(text)) {
    return 'repeats the variable’s name; remove everything up to the "=" or ":" after it';
  }
  if (/^(?:\$[({\w]|\{\{|<[\w ]+>$|%\w+%$)/.test(text)) {
    return 'is a placeholder that nothing has filled in; the program that starts the app has to put the keys there';
  }
  if (/^-----BEGIN/.test(text)) {
    return 'is a PEM file; a key is 32 random bytes, written kid:base64url';
  }
  if (/^arn:|^projects\/[^,]+\/secrets\/|^[a-z][a-z0-9+.-]*:\/\//i.test(text)) {
    return 'is the address of something, not the keys; put there what it holds';
  }
  return text.startsWith('{') || text.startsWith('[') ? undefined : mistakeInList(text);
}

function mistakeInList(text: string): string | undefined {
  if (/\\[nrt]/.test(text)) {
    return 'holds a backslash and a letter (such as \\n) instead of white space; write the keys on one line, with commas between them';
  }
  if (/;/.test(text)) return 'has semicolons; separate keys with commas';
  if (ONE_KEY.test(decodedText(text))) {
    return 'is encoded in base64 once more, as Kubernetes shows its secrets; decode it once';
  }
  return undefined;
}

/** What is wrong with text that starts like JSON and is not. */
export function mistakeInJson(text: string): string {
  return /^[{[]\s*\\"/.test(text)
    ? 'has backslashes before its quotes, as JSON that was encoded twice; remove them'
    : 'starts like a JWK Set but is not valid JSON';
}

/** What is wrong with a JSON object that has no array "keys". */
export function mistakeInJwks(object: object): string {
  if (VARIABLE in object) {
    return `is a JSON object around the keys, as AWS Secrets Manager keeps key/value pairs; use the value of its member "${VARIABLE}"`;
  }
  if ('kty' in object) return 'is a single JWK; put it in a JWK Set: {"keys": […]}';
  const values = Object.values(object);
  if (values.length > 0 && values.every((value) => typeof value === 'string')) {
    return 'is a JSON object of names and texts; write the keys as kid:base64url, with commas between them, or as a JWK Set: {"keys": […]}';
  }
  return 'is not a JWK Set: it has no array "keys"';
}

/** What is wrong with a key that has no colon, and so no id. */
export function mistakeWithoutId(entry: string): string {
  const write = 'each key is written kid:base64url';
  if (isHex(entry)) return `has no key id, and is in hexadecimal; ${write}`;
  if (/^[\w.-]{1,32}\s*=[^=]/.test(entry)) return `has no key id before a ":", but a "="; ${write}`;
  if (/^[A-Za-z0-9+/]{43}=?$/.test(entry) && /[+/=]/.test(entry)) {
    return `has no key id, and is in standard base64; ${write}`;
  }
  return `has no key id; ${write}`;
}

/** What is wrong with the key after the colon of an entry that is not base64url of 32 bytes. */
export function mistakeInValue(value: string): string {
  if (isHex(value)) return 'is in hexadecimal; write it in base64url';
  if (/^\s/.test(value)) {
    return 'has white space after the ":", as in YAML; write kid:base64url, and commas between keys';
  }
  if (QUOTES.includes(value.charAt(0)) || QUOTES.includes(value.slice(-1))) {
    return 'has quotes around it; remove them';
  }
  if (/[\r\n]/.test(value)) return 'has a line break in it; separate keys with commas';
  if (/\s[\w.-]{1,32}:/.test(value)) return 'has a space behind it; separate keys with commas';
  if (/^[A-Za-z0-9+/_-]+={0,2}$/.test(value)) {
    return /[+/=]/.test(value)
      ? 'is in standard base64; write it in base64url: "-" for "+", "_" for "/", no "="'
      : 'is not canonical base64url; some of it is missing or changed';
  }
  return 'is not base64url; a key is 32 random bytes, not a passphrase';
}

export function isHex(value: string): boolean {
  return value.length >= 32 && /^[0-9a-f]+$/i.test(value) && value.length !== 43;
}

/** The text that standard base64 stands for; '' where it stands for none. */
function decodedText(text: string): string {
  if (!/^[A-Za-z0-9+/]{60,}={0,2}$/.test(text)) return '';
  try {
    return atob(text);
  } catch {
    return '';
  }
}
