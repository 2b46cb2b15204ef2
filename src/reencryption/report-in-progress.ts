// The report of a run while it is being made: counts, findings, and what was not seen.

import { callSafely } from '../app-callback.js';
import { Findings } from './findings.js';
import { keyUsages } from './key-usage.js';
import type { ReencryptionSettings } from './reencryption-options.js';
import type { ReencryptionReport, SessionFinding, Unseen } from './reencryption-report.js';
import { Tally } from './tally.js';

export class ReportInProgress {
  readonly tally: Tally;
  aborted = false;
  /** Whether the store may keep sessions from being seen. */
  areSomeHidden = false;
  readonly #settings: ReencryptionSettings;
  readonly #findings: Findings<SessionFinding>;
  readonly #ring: string;
  #hasRingChanged = false;

  constructor(settings: ReencryptionSettings) {
    this.#settings = settings;
    this.#ring = this.#describeRing();
    this.#findings = new Findings(settings.onFinding);
    this.tally = new Tally(settings.mode, settings.keyring.kids, (finding) =>
      this.#findings.add(finding),
    );
  }

  /** Tells the caller how far the run is. */
  progress(): void {
    this.#hasRingChanged ||= this.#describeRing() !== this.#ring;
    callSafely(this.#settings.onProgress, this.tally);
  }

  /** Tells the caller what was found since. */
  flush(): Promise<void> {
    return this.#findings.flush();
  }

  /** The report as it stands, which does not change any more. */
  toReport(): ReencryptionReport {
    const { tally, aborted } = this;
    const { keyring, mode, dryRun } = this.#settings;
    const before = tally.before.toCounts();
    const after = tally.after.toCounts();
    const unseen = this.#unseen();
    return {
      dryRun,
      mode,
      primary: keyring.primary,
      aborted,
      scanned: tally.scanned,
      reencrypted: tally.reencrypted,
      current: tally.current,
      leftPlaintext: tally.leftPlaintext,
      unreadable: tally.unreadable,
      doesNotFit: tally.doesNotFit,
      refused: tally.refused,
      unresolved: tally.unresolved,
      gone: tally.gone,
      sealedFromPlaintext: tally.sealedFromPlaintext,
      unlikeTokens: tally.unlikeTokens,
      ...after,
      onOtherKids: tally.onOtherKids,
      before,
      conflicts: tally.conflicts,
      unseen,
      keys: keyUsages(keyring, {
        mode,
        dryRun,
        before,
        after,
        unseen,
        provenKids: tally.provenKids,
      }),
      tooShortColumns: tally.tooShort.toList(),
      ...this.#findings.toReport(),
    };
  }

  #unseen(): Unseen[] {
    const { tally } = this;
    const { shard, shop, sessionsElsewhere } = this.#settings;
    this.#hasRingChanged ||= this.#describeRing() !== this.#ring;
    const reasons: readonly (readonly [boolean, Unseen])[] = [
      [this.aborted, 'ended early'],
      [tally.unresolved > 0, 'unresolved sessions'],
      [tally.untold > 0, 'unreadable records'],
      [this.areSomeHidden, 'hidden sessions'],
      [shard !== undefined || shop !== undefined, 'part of the store'],
      [sessionsElsewhere, 'other places'],
      [this.#hasRingChanged, 'key ring changed'],
      [tally.scanned === 0 && !this.aborted, 'no sessions'],
    ];
    return reasons.flatMap(([holds, reason]) => (holds ? [reason] : []));
  }

  #describeRing(): string {
    const { keyring } = this.#settings;
    return keyring.kids.map((kid) => `${kid} ${keyring.fingerprint(kid)}`).join();
  }
}
