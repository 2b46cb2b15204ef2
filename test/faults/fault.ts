// What a fault is.
import type { FaultyServer, FaultyStore } from './faulty-server.js';
import type { ServerKind, SubjectName } from './subjects.js';

/** One thing that goes wrong. */
export interface Fault {
  readonly servers: readonly ServerKind[];
  /** The storages that it is about. Default: all over one of `servers`. */
  readonly subjects?: readonly SubjectName[];
  /** A program that it needs and that not every machine has. */
  readonly program?: string;
  /** It is there before the app starts. */
  readonly fromTheStart?: true;
  /** It lasts until a call has failed in each process, however slow the machine is. */
  readonly failsCalls?: true;
  /** A write that has failed may still be on its way, and take effect after a later one. */
  readonly leavesWritesOnTheWire?: true;
  /** The store itself may lose what it has acknowledged, and its lists with it. What it lost is shown. */
  readonly storeMayLose?: true;
  /** It is a way in which a server may be set up: no call may fail. */
  readonly failsNothing?: true;
  /** Gets everything ready over an empty store. */
  prepare(server: FaultyServer, store: FaultyStore, deadline: number): Promise<PreparedFault>;
}

/** A fault that is ready to happen. */
export interface PreparedFault {
  /** What the app connects to, if not to the store's `url`. */
  readonly url?: string;
  /** Where the store is afterwards, if not at the store's `directUrl`. */
  readonly directUrl?: string;
  begin?(): unknown;
  end?(): unknown;
  /** Makes the server as it was, for the next fault. */
  cleanUp?(): Promise<void>;
}
