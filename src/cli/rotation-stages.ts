// The exact lines of each stage of a rotation. They are shell expressions over the keys that are set
// already, so that no key but the new one is printed. Text is for POSIX sh, JWK Sets for jq.
import type { GeneratedKey } from '../index.js';
import { programCall } from '../program-name.js';

/** How the keys that are set already are kept. */
export interface PresentKeys {
  readonly place: 'environment' | 'file';
  readonly form: 'text' | 'jwks';
}

export interface RotationStage {
  readonly title: string;
  /** Lines for a shell. */
  readonly commands: readonly string[];
}

/** @param form How the ring is to be kept from now on: text becomes a JWK Set, but not vice versa. */
export function rotationStages(
  present: PresentKeys,
  newKey: GeneratedKey,
  form: PresentKeys['form'],
): RotationStage[] {
  const lines = form === 'text' ? textLines(present, newKey) : jwksLines(present, newKey);
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
      commands: [`${programCall} rotate --store env:SESSION_STORE_URL`],
    },
    {
      title:
        '4. When status says that the old keys can be removed, and no backup needs them: remove them.',
      commands: [`${programCall} status --store env:SESSION_STORE_URL`, lines.remove],
    },
  ];
}

interface Lines {
  readonly add: string;
  readonly promote: string;
  readonly remove: string;
}

const variable = '$SESSION_ENCRYPTION_KEYS';
const file = '"$SESSION_ENCRYPTION_KEYS_FILE"';

function textLines({ place }: PresentKeys, { kid, text }: GeneratedKey): Lines {
  if (place === 'environment') {
    return {
      add: `export SESSION_ENCRYPTION_KEYS="${variable},${text}"`,
      promote: `export SESSION_ENCRYPTION_KEYS="${text},\${SESSION_ENCRYPTION_KEYS%,${kid}:*}"`,
      remove: `export SESSION_ENCRYPTION_KEYS="${text}"`,
    };
  }
  return {
    add: `keys="$(cat ${file}),${text}" && ${write('keys')}`,
    promote: `keys="${text},$(cat ${file})" && keys="\${keys%,${kid}:*}" && ${write('keys')}`,
    remove: `keys="${text}" && ${write('keys')}`,
  };
}

function jwksLines({ place, form }: PresentKeys, { kid, jwk }: GeneratedKey): Lines {
  const fromText =
    '{keys: (gsub("\\\\s"; "") | split(",") | map(split(":") | {kty: "oct", kid: .[0], alg: "A256GCM", k: .[1]}))}';
  const convert = form === 'text' ? `${fromText} | ` : '';
  const isNew = `.kid == "${kid}"`;
  const add = `jq -c${form === 'text' ? 'Rs' : ''} --argjson new '${JSON.stringify(jwk)}' '${convert}.keys += [$new]'`;
  const promote = `jq -c '.keys |= map(select(${isNew})) + map(select(${isNew} | not))'`;
  const remove = `jq -c '.keys |= map(select(${isNew}))'`;
  const apply = (filter: string) =>
    place === 'environment'
      ? `export SESSION_ENCRYPTION_KEYS="$(printf '%s' "${variable}" | ${filter})"`
      : `keys="$(${filter} ${file})" && ${write('keys')}`;
  return { add: apply(add), promote: apply(promote), remove: apply(remove) };
}

// Into the file itself, so that its owner and permissions stay; a reader that meets it half written
// keeps the ring it has.
const write = (name: string) => `printf '%s\\n' "$${name}" > ${file}`;
