// Sealing and opening one token: ours, the bare cipher, and what others use.
import {
  type Contender,
  type Measurement,
  measureSideBySide,
  type Plan,
} from '../measuring/side-by-side.js';
import { at, type Sample, samples } from './samples.js';
import { BARE, type Sealer, sealers } from './sealers.js';

/** One seal plus one open of a token of one length. */
export interface SealingResult {
  /** In characters. */
  readonly tokenLength: number;
  readonly reference: string;
  readonly measurements: readonly (Measurement & {
    /** Of the sealed token, in characters. */
    readonly sealedLength: number;
  })[];
}

export async function measureSealing(
  lengths: readonly number[],
  plan: Plan,
): Promise<SealingResult[]> {
  const contestants = await sealers();
  const results: SealingResult[] = [];
  for (const tokenLength of lengths) {
    const all = samples(tokenLength);
    const sealedLengths = new Map<string, number>();
    const contenders: Contender[] = [];
    for (const sealer of contestants) {
      const sealed = await Promise.all(all.map((one) => sealAndCheck(sealer, one)));
      sealedLengths.set(sealer.name, at(sealed, 0).length);
      contenders.push(contenderOf(sealer, all, sealed));
    }
    const measured = await measureSideBySide(contenders, plan);
    results.push({
      tokenLength,
      reference: BARE,
      measurements: measured
        .against(BARE)
        .map((result) => ({ ...result, sealedLength: sealedLengths.get(result.name) ?? 0 })),
    });
  }
  return results;
}

async function sealAndCheck(sealer: Sealer, sample: Sample): Promise<string> {
  const sealed = await sealer.seal(sample);
  if ((await sealer.open(sealed, sample)) !== sample.token) throw new Error(`${sealer.name} fails`);
  return sealed;
}

/** Seals one sample, and opens another of them as `sealed`. */
function contenderOf(
  sealer: Sealer,
  sample: readonly Sample[],
  sealed: readonly string[],
): Contender {
  const other = sample.length / 2;
  if ('later' in sealer) {
    return {
      name: sealer.name,
      async run(calls) {
        for (let call = 0; call < calls; call++) {
          await sealer.seal(at(sample, call));
          await sealer.open(at(sealed, call + other), at(sample, call + other));
        }
      },
    };
  }
  return {
    name: sealer.name,
    run(calls) {
      for (let call = 0; call < calls; call++) {
        sealer.seal(at(sample, call));
        sealer.open(at(sealed, call + other), at(sample, call + other));
      }
    },
  };
}
