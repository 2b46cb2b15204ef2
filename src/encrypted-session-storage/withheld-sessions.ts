// Remembers the sessions that were handed out with fields missing, as those could not be opened, so
// that storing one of them again does not overwrite with nothing what is stored.
import { stillWithheld, type WithheldFields } from '../session-fields/index.js';

/** Of so many sessions copies are recognized: those that were handed out last. */
const copiesKnown = 1000;

/** The fields that are missing in a session which is about to be stored. */
export interface MissingFields {
  readonly fields: WithheldFields;
  /** Whether it is the very object that was handed out, or another one of its id. */
  readonly isOriginal: boolean;
}

export class WithheldSessions {
  readonly #byObject = new WeakMap<object, WithheldFields>();
  readonly #byId = new Map<unknown, WithheldFields>();

  /** Remembers what is missing in `session`, which is about to be handed out. */
  add(id: unknown, session: object, fields: WithheldFields): void {
    this.#byObject.set(session, fields);
    this.#byId.delete(id);
    this.#byId.set(id, fields);
    if (this.#byId.size > copiesKnown) this.#byId.delete(this.#byId.keys().next().value);
  }

  /** What is missing in a session that is about to be stored; undefined if nothing is known to be. */
  missingIn(id: unknown, session: object): MissingFields | undefined {
    if (typeof id !== 'string') return undefined;
    const own = this.#byObject.get(session);
    const known = own ?? this.#byId.get(id);
    const fields = known && stillWithheld(known, session);
    // Where the app has put a value, it decides from then on: it may also take it away again.
    if (own !== undefined || (known && fields === undefined)) {
      this.#byObject.set(session, fields ?? new Map());
    }
    return fields && { fields, isOriginal: own !== undefined };
  }

  /** Forgets a session that is being deleted, or is handed out whole. */
  forget(id: unknown): void {
    this.#byId.delete(id);
  }
}
