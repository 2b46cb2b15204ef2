// What may be said of another package's error: its words and its code, without data.
//
// Drivers put statements, parameters, rows, commands and connection URLs into their errors, as
// properties and into the message. Nothing that is not known to be harmless is kept: a copy has the
// name, the code, mysql2's `sqlState`, and a message in which every quotation that is not a name in the schema is cut out.

import { SessionEncryptionError } from './errors.js';
import { isError, memberOf, typeName } from './foreign-object.js';

const cut = '…';
const longestMessage = 400;
/** What stands behind so many characters is not looked at, which would take long. */
const longestRead = 20_000;
const deepestCause = 5;

/**
 * The cause to give an error of ours: `error` itself if it is one of ours, else a copy that carries
 * no data. Its own causes are copied in the same way.
 *
 * @example
 * throw new StoreUnavailableError(message, { sessionId, cause: safeCause(error) });
 */
export function safeCause(error: unknown): Error {
  return copyOf(error, 1);
}

/** A driver's own code for an error, such as `ECONNREFUSED`, `42P01` or `ER_NO_SUCH_TABLE`. */
export function codeOf(error: unknown): string | undefined {
  const code = look(error, 'code');
  const text = typeof code === 'string' || typeof code === 'number' ? String(code) : '';
  // Anything but a short word is not a code.
  return /^[\w-]{1,40}$/.test(text) && !holdsSecret(text) ? text : undefined;
}

/** What another package wrote, on one line and without data. */
export function safeMessage(message: string): string {
  let text = beginningOf(lineThatSaysWhy(message));
  // Redis repeats the arguments of a command that it does not know.
  text = text.replace(/,? with args beginning with:.*$/s, '');
  text = withoutStatement(text);
  text = text.replace(/[a-z][a-z0-9+.-]{0,30}:\/\/\S*/gi, cut);
  text = text.replace(/\{.*\}?/s, cut);
  text = withoutQuotations(text);
  text = withoutSecrets(text);
  return text.length > longestMessage ? `${text.slice(0, longestMessage)}${cut}` : text;
}

function copyOf(error: unknown, depth: number): Error {
  if (error instanceof SessionEncryptionError) return error;
  if (!isError(error)) {
    return new Error(`Something was thrown that is not an error: ${typeName(error)}.`);
  }
  const cause = look(error, 'cause');
  const copy = new Error(
    messageOf(error, depth),
    cause === undefined || depth >= deepestCause ? {} : { cause: copyOf(cause, depth + 1) },
  );
  const name = String(look(error, 'name'));
  const shownName = /^\w{1,60}$/.test(name) && !holdsSecret(name) ? name : 'Error';
  Object.defineProperty(copy, 'name', { value: shownName, configurable: true, writable: true });
  // Its own would be that of this function, and the original's starts with the original's message.
  copy.stack = `${shownName}: ${copy.message}`;
  const code = codeOf(error);
  if (code !== undefined) Object.assign(copy, { code });
  const sqlState = look(error, 'sqlState');
  const isState = typeof sqlState === 'string' && /^[0-9A-Z]{5}$/.test(sqlState);
  return isState ? Object.assign(copy, { sqlState }) : copy;
}

function messageOf(error: Error, depth: number): string {
  const message = String(look(error, 'message') ?? '');
  const errors = look(error, 'errors');
  // Of a host with several addresses, Node says only in `errors` why none could be reached.
  if (message === '' && Array.isArray(errors) && depth < deepestCause) {
    return [...new Set(errors.slice(0, 4).map((one) => copyOf(one, depth + 1).message))].join('; ');
  }
  return safeMessage(message);
}

/** `error[name]`, of an error whose getters may throw. */
function look(error: unknown, name: string): unknown {
  try {
    return memberOf(error, name);
  } catch {
    return undefined;
  }
}

/** The line of a message that says what is wrong: the others quote code, arguments or parameters. */
function lineThatSaysWhy(message: string): string {
  const lines = message
    .split(/[\r\n\u2028\u2029]+/)
    .map((line) => line.trim())
    .filter((line) => line !== '');
  // Prisma: "Invalid `prisma.session.update()` invocation:", the code or the arguments, the reason.
  const isPrisma = /^Invalid .* invocation\b/.test(lines[0] ?? '');
  return (isPrisma && lines.length > 1 ? lines.at(-1) : lines[0]) ?? '';
}

/** Ends with a whole word: half of a secret may not look like one. */
function beginningOf(text: string): string {
  if (text.length <= longestRead) return text;
  const end = text.lastIndexOf(' ', longestRead);
  return `${text.slice(0, Math.max(end, 0))} ${cut}`;
}

const statement =
  /\b(?:select\s.*\sfrom\s|insert\s+(?:ignore\s+)?into\s|replace\s+into\s|update\s.*\sset\s|delete\s+from\s|merge\s+into\s|(?:create|alter|drop)\s+(?:table|index)\s).*$/is;

/** Query builders put the statement before the reason, or say it alone. */
function withoutStatement(text: string): string {
  const found = statement.exec(text);
  if (found === null) return text;
  const reason = / - (?!.* - )(.*)$/s.exec(found[0])?.[1];
  const before = text.slice(0, found.index);
  return reason === undefined ? `${before}${cut}` : `${before}${cut} - ${withoutStatement(reason)}`;
}

/** What stands in quotes after these words is a name in the schema, not data. */
const namedAfter: readonly RegExp[] = [
  /\b(?:table|relation|column|constraint|index|sequence|schema|database|collection|field) $/i,
  /\b(?:argument|model|role|user|host|type|encoding|extension|function|operator) $/i,
  /\b(?:for key|package|module|unknown command|to run the) $/i,
  /\b(?:columns?|constraint|fields?): \(?$/i,
  /@$/, // MySQL: 'user'@'host'
];
/** Longer than any of these words. */
const longestWord = 30;
const openingQuote = /(?<![\p{L}\p{N}])["'`“‘«]/u;
const closingOf: Readonly<Record<string, string>> = { '“': '”', '‘': '’', '«': '»' };
const schemaName = /^[\w.$@/-]{1,64}$/;

/** Keeps names in the schema, and cuts out every other quotation: up to the last mark, as data may hold one. */
function withoutQuotations(text: string): string {
  let rest = unwrapped(text);
  let kept = '';
  for (;;) {
    const opening = openingQuote.exec(rest);
    if (opening === null) return kept + rest;
    const [mark] = opening;
    kept += rest.slice(0, opening.index);
    rest = rest.slice(opening.index + 1);
    const closing = closingOf[mark] ?? mark;
    const name = qualifiedName(rest, mark, closing);
    const before = kept.slice(-longestWord);
    if (name !== undefined && namedAfter.some((words) => words.test(before))) {
      kept += mark + name;
      rest = rest.slice(name.length);
      continue;
    }
    const end = rest.lastIndexOf(closing);
    kept += mark + cut + closing;
    if (end === -1) return kept;
    rest = rest.slice(end + 1);
  }
}

/** `name"` or, in MySQL, ``database`.`table`.`column` ``: up to and including the last mark. */
function qualifiedName(rest: string, mark: string, closing: string): string | undefined {
  let length = 0;
  for (;;) {
    const end = rest.indexOf(closing, length);
    if (end === -1 || !schemaName.test(rest.slice(length, end))) return undefined;
    length = end + 1;
    if (!rest.startsWith(`.${mark}`, length)) return rest.slice(0, length);
    length += 2;
  }
}

/** libsql writes `ConnectionFailed("reason")`. */
function unwrapped(text: string): string {
  return /^\w+\("([^"]*)"\)$/.exec(text)?.[1] ?? text;
}

const secretLike: readonly RegExp[] = [
  /\beyJ[\w-]*(?:\.[\w-]*)*/g, // a sealed token, or any JOSE header
  /\bshp[a-z]{1,3}_\w+/g, // a token of Shopify
  /[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63})*\.[a-z]{2,}\b/gi, // an email address
  /[A-Fa-f0-9]{32,}/g, // hexadecimal of 16 bytes and more
  /[\w+/=-]{40,}/g, // base64 of 30 bytes and more
];

// Each pattern takes a time in proportion to the length of the text, whatever the text is.
function withoutSecrets(text: string): string {
  const withoutLogins = text.replace(/[^\s'"`]+/g, (word) => (holdsLogin(word) ? cut : word));
  return secretLike.reduce((shown, pattern) => shown.replace(pattern, cut), withoutLogins);
}

/** `user:password@host`, without a scheme or what is left of it. */
function holdsLogin(word: string): boolean {
  const colon = word.indexOf(':');
  return colon !== -1 && word.includes('@', colon);
}

function holdsSecret(text: string): boolean {
  return withoutSecrets(text) !== text;
}
