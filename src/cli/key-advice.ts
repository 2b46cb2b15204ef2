// What the report's keys mean for the operator: which can be removed, and what blocks the others.
import type { KeyState, KeyUsage, ReencryptionReport, Unseen } from '../index.js';
import { describeOthers } from './catalog-option.js';
import { describeAge } from './key-age.js';
import { formatCount } from './printable.js';

const standings: Readonly<Record<KeyState, string>> = {
  primary: 'primary, seals',
  needed: 'cannot be removed: bring these sessions to the primary key first (rotate)',
  missing: 'not in the key ring; add it back, or delete the sessions that need it',
  removable: 'can be removed',
  unused: 'no session needs it: not used yet, or no longer',
  unknown: 'not needed by what was looked at',
};

/** In mode rollback keys are kept until nothing is sealed any more. */
const rollbackStandings: Readonly<Record<KeyState, string>> = {
  ...standings,
  needed: 'cannot be removed: open these sessions first (rotate --mode rollback)',
  unused: 'no session needs it',
};

/** For a key that rotate, with the same mode, cannot free. */
const stuck = 'cannot be removed: rotate cannot change these sessions, which are named below';

/** A line for each key. */
export function describeKeys({ keys, mode, byKid, unseen }: ReencryptionReport): string[] {
  const isDone = !unseen.includes('ended early') && !unseen.includes('unresolved sessions');
  const width = Math.max(...keys.map(({ kid }) => kid.length));
  return keys.map(({ kid, fingerprint = '', created, sessions, state }) => {
    const age = describeAge(created);
    const old = age === undefined ? '' : `, ${age} old`;
    const count = `${formatCount(sessions)} ${sessions === 1 ? 'session' : 'sessions'}`;
    // What a run leaves, or would leave, on the key.
    const isStuck = state === 'needed' && isDone && (byKid[kid] ?? 0) >= sessions;
    const standing = isStuck ? stuck : (mode === 'rollback' ? rollbackStandings : standings)[state];
    return `  ${kid.padEnd(width)}  ${fingerprint.padEnd(12)}  ${count}${old}: ${standing}`;
  });
}

/** Keys of the key ring that are most likely not the ones that sealed what names them. */
export function describeMismatches({ keys, before }: ReencryptionReport): string[] {
  return keys
    .filter(({ opensNothing }) => opensNothing)
    .map(({ kid, fingerprint, state }) => {
      const count = before.byKid[kid] ?? 0;
      const named = count === 1 ? '1 session names' : `${formatCount(count)} sessions name`;
      const seals = state === 'primary' ? ' Until then, do not seal with it.' : '';
      return (
        `${named} ${kid}, and the key ring's key of that name (fingerprint ${fingerprint}) opens none of it: ` +
        `most likely two keys were made with the name ${kid}, unless all of it is damaged. Compare ` +
        `fingerprints wherever it is kept (keys), and put the one that sealed these back.${seals}`
      );
    });
}

/** What to do about the keys that nothing needs any more, or why that is not known. */
export function describeRemoval(report: ReencryptionReport, others: readonly string[]): string[] {
  const { keys, mode, primary, unseen } = report;
  const isAllHere = unseen.every((reason) => reason === 'other places');
  if (!isAllHere) return [...reasonsOf(unseen, others), unknownKeys];
  if (mode === 'rollback') {
    return [
      ...describeOthers(others),
      'Keep the keys until no instance of the app, and no backup, holds a sealed token.',
    ];
  }
  const proviso =
    `every instance of the app has ${primary} as its first key, and no backup that you may restore ` +
    'needs the old one';
  if (unseen.length > 0) {
    const unneeded = kidsOf(keys, 'unknown');
    return [
      ...describeOthers(others),
      ...(unneeded === ''
        ? []
        : [`Not needed here: ${unneeded}. A key that is needed nowhere can go, once ${proviso}.`]),
    ];
  }
  const [removable, unused] = [kidsOf(keys, 'removable'), kidsOf(keys, 'unused')];
  return [
    ...(removable === '' ? [] : [`Remove from the key ring: ${removable}, once ${proviso}.`]),
    ...(unused === ''
      ? []
      : [
          `No session needs: ${unused}. Keep a key that you have added for a rotation that is to come. ` +
            `One that you have rotated away from can go, once ${proviso}.`,
        ]),
  ];
}

const unknownKeys = 'So it is not known which keys can be removed.';
const emptyPart = 'No session is in this part of the store (--shop, --shard).';

/** Why not all is known; what follows from another reason is not said again. */
function reasonsOf(unseen: readonly Unseen[], others: readonly string[]): string[] {
  const isPart = unseen.includes('part of the store');
  const hasEnded = unseen.includes('ended early');
  return unseen
    .filter((reason) => reason !== 'unresolved sessions' || !hasEnded)
    .flatMap((reason) => {
      if (reason === 'other places') return describeOthers(others);
      return reason === 'no sessions' && isPart ? emptyPart : unseenReasons[reason];
    });
}

const unseenReasons: Readonly<Record<Exclude<Unseen, 'other places'>, string>> = {
  'ended early': 'The run ended before every session was looked at.',
  'unresolved sessions': 'Some sessions are unresolved: run it again.',
  'unreadable records':
    'Some records are damaged, so that it is not certain which keys they need. Mend or delete them first.',
  'hidden sessions': 'Row level security may hide sessions from this user.',
  'part of the store': 'Only part of the store was looked at. Run status for all of it.',
  'key ring changed': 'The key ring changed during the run: run it again.',
  'no sessions':
    'No session was found. Make sure that this is the store that the app uses: its database, its ' +
    'table, its namespace or prefix.',
};

function kidsOf(keys: readonly KeyUsage[], state: KeyState): string {
  return keys
    .filter((key) => key.state === state)
    .map(({ kid }) => kid)
    .join(', ');
}
