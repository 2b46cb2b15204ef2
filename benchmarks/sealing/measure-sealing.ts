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
  const all = await sealers();
  const results: SealingResult[] = [];
  for (const tokenLength of lengths) {
    const sample = samples(tokenLength);
    const sealedLengths = new Map<string, number>();
    for (const sealer of all)
      sealedLengths.set(sealer.name, await sealedLength(sealer, at(sample, 0)));
    const contenders = all.map((sealer) => contenderOf(sealer, sample));
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

/** Also makes sure that what is measured works. */
async function sealedLength(sealer: Sealer, sample: Sample): Promise<number> {
  const sealed = await sealer.seal(sample);
  if ((await sealer.open(sealed, sample)) !== sample.token) throw new Error(`${sealer.name} fails`);
  return sealed.length;
}

function contenderOf(sealer: Sealer, sample: readonly Sample[]): Contender {
  if ('later' in sealer) {
    return {
      name: sealer.name,
      async run(calls) {
        for (let call = 0; call < calls; call++) {
          await sealer.open(await sealer.seal(at(sample, call)), at(sample, call));
        }
      },
    };
  }
  return {
    name: sealer.name,
    run(calls) {
      for (let call = 0; call < calls; call++) {
        sealer.open(sealer.seal(at(sample, call)), at(sample, call));
      }
    },
  };
}
