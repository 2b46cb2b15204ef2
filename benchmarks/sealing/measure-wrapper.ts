// EncryptedSessionStorage over a storage that costs nothing: what wrapping itself takes.
import type { Session } from '@shopify/shopify-api';
import { EncryptedSessionStorage, Keyring } from '../../src/index.js';
import {
  type Contender,
  type Measurement,
  measureSideBySide,
  type Plan,
} from '../measuring/side-by-side.js';
import { bareOpen, bareSeal } from './bare-cipher.js';
import { at, offlineSession, SAMPLES } from './samples.js';

export const BARE_PAIR = 'bare cipher, seal and open';
export const WRAPPED_NOTHING = 'storeSession and loadSession, wrapped';

/** One `storeSession` plus one `loadSession` of a session with one token. */
export interface WrapperResult {
  readonly reference: string;
  readonly measurements: readonly Measurement[];
}

export async function measureWrapper(plan: Plan): Promise<WrapperResult> {
  const sessions = Array.from({ length: SAMPLES }, (_, index) =>
    offlineSession(`shop-${index}.myshopify.com`),
  );
  const keyring = Keyring.generate('2026-11');
  const contenders: Contender[] = [
    {
      name: BARE_PAIR,
      run(calls) {
        for (let call = 0; call < calls; call++)
          bareOpen(bareSeal(at(sessions, call).accessToken ?? ''));
      },
    },
    await storeAndLoad(
      WRAPPED_NOTHING,
      sessions,
      new EncryptedSessionStorage(nothing(), { keyring }),
    ),
    await storeAndLoad(
      'the same in mode rollback: copies, no cipher',
      sessions,
      new EncryptedSessionStorage(nothing(), { keyring, mode: 'rollback' }),
    ),
    await storeAndLoad('the same, not wrapped', sessions, nothing()),
  ];
  const measured = await measureSideBySide(contenders, plan);
  return { reference: BARE_PAIR, measurements: measured.against(BARE_PAIR) };
}

interface StoreAndLoad {
  storeSession(session: Session): Promise<boolean>;
  loadSession(id: string): Promise<Session | undefined>;
}

async function storeAndLoad(
  name: string,
  sessions: readonly Session[],
  storage: StoreAndLoad,
): Promise<Contender> {
  for (const session of sessions) await storage.storeSession(session);
  return {
    name,
    async run(calls) {
      for (let call = 0; call < calls; call++) {
        await storage.storeSession(at(sessions, call));
        await storage.loadSession(at(sessions, call + SAMPLES / 2).id);
      }
    },
  };
}

/**
 * A session storage that answers with what was stored first, and keeps nothing after that: what is kept must be
 * copied by the garbage collector, which is a cost of keeping sessions in memory and not of wrapping.
 */
function nothing() {
  const kept = new Map<string, Session>();
  return {
    async storeSession(session: Session) {
      if (!kept.has(session.id)) kept.set(session.id, session);
      return true;
    },
    async loadSession(id: string) {
      return kept.get(id);
    },
    async deleteSession(id: string) {
      return kept.delete(id);
    },
  };
}
