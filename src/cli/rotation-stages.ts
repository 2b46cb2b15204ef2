// The stages of a rotation, as lines for a shell: expressions over the keys that are set already, so
// that no key but the new one is printed. Text is for POSIX sh, JWK Sets for jq.
//
// Days pass between the stages. So each line works in a new shell, and changes nothing where a
// variable is not set, a stage was left out or is run twice, or a program in it fails.
import type { GeneratedKey } from '../index.js';
import { programCall } from '../program-name.js';

/** How the keys that are set already are kept. */
export interface PresentKeys {
  readonly place: 'environment' | 'file' | 'env-file';
  readonly form: 'text' | 'jwks';
  /** The file that --env-file named. The commands of the stages need it too. */
  readonly envFile: string | undefined;
  /** The key file, where only that file names it: a shell lacks the variable. */
  readonly path?: string | undefined;
}

export interface RotationStage {
  readonly title: string;
  /** Lines for a shell; what is done by hand is in a line that does nothing. */
  readonly commands: readonly string[];
}

/** @param form How the keys are kept from now on: text becomes a JWK Set, but not vice versa. */
export function rotationStages(
  present: PresentKeys,
  newKey: GeneratedKey,
  form: PresentKeys['form'],
): RotationStage[] {
  const lines = linesFor(present, newKey, form);
  const { envFile } = present;
  const options = `--store env:SESSION_STORE_URL${envFile === undefined ? '' : ` --env-file ${quoted(envFile)}`}`;
  return [
    {
      title: '1. Add the new key last, on every instance: all can open it, none seals with it yet.',
      commands: [lines.add],
    },
    {
      title:
        '2. When every instance has it: move it first, on every instance. It seals from now on.',
      commands: [lines.promote],
    },
    {
      title: '3. When every instance has that: bring what is stored to the new key.',
      commands: [`${programCall} rotate ${options}`],
    },
    {
      title:
        '4. When rotate and status say that nothing needs the old keys, and no backup does: remove them.',
      commands: [`${programCall} status ${options}`, lines.remove],
    },
  ];
}

/**
 * A text that is pasted with the commands around it, and does nothing. Not a comment: an interactive zsh,
 * the shell of macOS, takes # for a command.
 */
export const shellNote = (text: string): string => `: ${quoted(text)}`;

/** A word for a shell, quoted where it has to be. */
function quoted(word: string): string {
  return /^[\w./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}

interface Lines {
  readonly add: string;
  readonly promote: string;
  readonly remove: string;
}

const notFirst = 'the new key is not the first: run stage 2 before';
const notLast = 'the new key is not the last: run stage 1 before, and stage 2 once';
const already = 'the key ring has the new key already';

function linesFor(present: PresentKeys, newKey: GeneratedKey, form: PresentKeys['form']): Lines {
  const { place } = present;
  if (place === 'env-file') return envFileLines(present, newKey, form);
  const access = accessTo(place, present.path);
  return form === 'text' ? textLines(access, newKey) : jwksLines(access, present.form, newKey);
}

interface Access {
  /** Puts the keys that are set into `keys`, or ends the line with an error. */
  readonly read: string;
  readonly write: (keys: string) => string;
}

// A file is written into, so that its owner and permissions stay; a reader that meets it half written
// keeps the key ring that it has. The copy beside it stays if that fails, as on a full disk.
function accessTo(place: 'environment' | 'file', path: string | undefined): Access {
  if (place === 'environment') {
    return {
      read: `keys="\${SESSION_ENCRYPTION_KEYS:?is not set in this shell}"`,
      write: (keys) => `export SESSION_ENCRYPTION_KEYS="${keys}"`,
    };
  }
  const file =
    path === undefined
      ? `"\${SESSION_ENCRYPTION_KEYS_FILE:?is not set in this shell}"`
      : quoted(path);
  return {
    read: `file=${file} && keys="$(cat "$file")"`,
    write: (keys) =>
      `(umask 077; printf '%s\\n' "${keys}" > "$file.new") && cat "$file.new" > "$file" && rm "$file.new"`,
  };
}

function textLines({ read, write }: Access, { kid, text }: GeneratedKey): Lines {
  const line = (changes: readonly string[], keys: string, unless: string) =>
    `${[read, ...changes, write(keys)].join(' && ')} || ` +
    `{ echo "Not done: ${unless}, or see above." >&2; false; }`;
  // A key id begins at the start, or after a comma or a space: it may be the end of another one.
  const isNotThere = `case ",$keys" in *[,[:space:]]${kid}:*) false;; esac`;
  return {
    add: line([isNotThere], `$keys,${text}`, already),
    promote: line([`rest="\${keys%,${text}}"`, '[ "$rest" != "$keys" ]'], `${text},$rest`, notLast),
    remove: line([`[ "\${keys%%:*}" = "${kid}" ]`], text, notFirst),
  };
}

function jwksLines(
  { read, write }: Access,
  present: PresentKeys['form'],
  { kid, jwk }: GeneratedKey,
): Lines {
  const fromText =
    '{keys: (gsub("[\\\\s\\ufeff]"; "") | split(",") | map(split(":") | {kty: "oct", kid: .[0], alg: "A256GCM", k: .[1]}))}';
  const convert = present === 'text' ? `${fromText} | ` : '';
  const isNew = `.kid == "${kid}"`;
  const filter = (condition: string, change: string, unless: string) =>
    `if ${condition} then ${change} else error("Not done: ${unless}.") end`;
  const line = (program: string) =>
    `${read} && keys="$(printf '%s' "$keys" | ${program})" && [ -n "$keys" ] && ${write('$keys')}`;
  return {
    add: line(
      `jq -c${present === 'text' ? 'Rs' : ''} --argjson new '${JSON.stringify(jwk)}' ` +
        `'${convert}${filter(`any(.keys[]; ${isNew}) | not`, '.keys += [$new]', already)}'`,
    ),
    promote: line(
      `jq -c '${filter(`.keys[-1] | ${isNew}`, '.keys |= [.[-1]] + .[:-1]', notLast)}'`,
    ),
    remove: line(`jq -c '${filter(`.keys[0] | ${isNew}`, '.keys |= .[:1]', notFirst)}'`),
  };
}

/** A file that other programs read line by line is edited by hand: nothing but its owner knows its rules. */
function envFileLines(
  { form }: PresentKeys,
  { text, jwk }: GeneratedKey,
  become: PresentKeys['form'],
): Lines {
  const value = 'the value of SESSION_ENCRYPTION_KEYS in the file';
  if (become === 'text') {
    return {
      add: shellNote(`At the end of ${value}, add: ,${text}`),
      promote: shellNote(
        `Take it and the comma before it from the end of ${value}, and put at the start: ${text},`,
      ),
      remove: shellNote(`Make this all of ${value}: ${text}`),
    };
  }
  const convert = form === 'text' ? 'Make a JWK Set of' : 'In';
  return {
    add: shellNote(`${convert} ${value}, and add as the last of "keys": ${JSON.stringify(jwk)}`),
    promote: shellNote(`Move it to be the first of "keys" in ${value}.`),
    remove: shellNote(`Leave nothing but it in "keys" in ${value}.`),
  };
}
