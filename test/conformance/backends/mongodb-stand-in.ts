// Stands in for a MongoDB server, since none can be had from Debian or npm: one collection in memory
// with the commands and operators that the official storage and the catalog send, and an error for
// everything else. The driver is the real one. It shows what is sent and what that means by
// MongoDB's manual; it does not show that a real server agrees.
import { isDeepStrictEqual } from 'node:util';
import { Long, ObjectId } from 'bson';

/** What is stored, and the body of a command. */
export type Document = Record<string, unknown>;
type Path = readonly string[];

interface Cursor {
  readonly filter: Document;
  readonly namespace: string;
  last: number;
  isDone: boolean;
}

const defaultBatch = 101;

export class MongodbStandIn {
  /** By number: a cursor goes from number to number, as an index scan does. */
  readonly #documents = new Map<number, Document>();
  readonly #cursors = new Map<string, Cursor>();
  readonly #isReplicaSet: boolean;
  #lastNumber = 0;
  #lastCursor = 0;

  /** @param isReplicaSet Whether it says that it is the primary of one, so that the driver sends writes again. */
  constructor(isReplicaSet = false) {
    this.#isReplicaSet = isReplicaSet;
  }

  /** Every document. */
  get documents(): readonly Document[] {
    return [...this.#documents.values()];
  }

  /** Runs a command, named by its first member, and answers as a server does. */
  run(command: Document): Document {
    const [name = ''] = Object.keys(command);
    switch (name) {
      case 'hello':
      case 'ismaster':
      case 'isMaster':
        return { ...greeting(), ...(this.#isReplicaSet && replicaSet) };
      case 'ping':
      case 'endSessions':
      case 'killCursors':
        return {};
      case 'listCollections':
        return { cursor: { id: Long.ZERO, ns: `${command.$db}.$cmd`, firstBatch: [] } };
      case 'find':
        return this.#find(command);
      case 'getMore':
        return this.#more(command);
      case 'count':
        return { n: this.#documents.size };
      case 'update':
        return this.#update(command.updates as Document[]);
      case 'findAndModify':
        return this.#replace(command);
      case 'delete':
        return this.#delete(command.deletes as Document[]);
      default:
        throw unknown(name);
    }
  }

  #find(command: Document): Document {
    const { filter = {}, sort, limit, batchSize = defaultBatch, $db, find } = command;
    only(command, [
      ...['find', 'filter', 'sort', 'limit', 'batchSize', 'singleBatch', 'collation'],
      ...['$db', '$readPreference', 'lsid'],
    ]);
    if (sort !== undefined && !isDeepStrictEqual({ ...sort }, { _id: 1 })) throw unknown('sort');
    const cursor = {
      filter: filter as Document,
      namespace: `${$db}.${find}`,
      last: 0,
      isDone: false,
    };
    const firstBatch = this.#batch(cursor, Number(limit ?? batchSize));
    return { cursor: { id: this.#keep(cursor, limit), ns: cursor.namespace, firstBatch } };
  }

  #more({ getMore, batchSize = defaultBatch }: Document): Document {
    const cursor = this.#cursors.get(String(getMore));
    if (cursor === undefined) throw new Error('There is no such cursor.');
    this.#cursors.delete(String(getMore));
    const nextBatch = this.#batch(cursor, Number(batchSize));
    return { cursor: { id: this.#keep(cursor, undefined), ns: cursor.namespace, nextBatch } };
  }

  /** The documents that are there now, after those that were handed out. */
  #batch(cursor: Cursor, size: number): Document[] {
    const batch: Document[] = [];
    for (const [number, document] of this.#documents) {
      if (number <= cursor.last) continue;
      if (batch.length === size) return batch;
      cursor.last = number;
      if (matches(document, cursor.filter)) batch.push(document);
    }
    cursor.isDone = true;
    return batch;
  }

  #keep(cursor: Cursor, limit: unknown): Long {
    if (cursor.isDone || limit !== undefined) return Long.ZERO;
    this.#lastCursor += 1;
    const id = Long.fromNumber(this.#lastCursor);
    this.#cursors.set(String(id), cursor);
    return id;
  }

  #update(updates: readonly Document[]): Document {
    let n = 0;
    const upserted: Document[] = [];
    for (const [index, change] of updates.entries()) {
      only(change, ['q', 'u', 'upsert', 'collation', 'multi']);
      const { q, u, upsert } = change as { q: Document; u: Document; upsert?: boolean };
      only(u, ['$set', '$unset', '$setOnInsert']);
      const { $set = {}, $unset = {}, $setOnInsert = {} } = u as Record<string, Document>;
      const found = this.#first(q);
      if (found === undefined && upsert) {
        n += 1;
        upserted.push({ index, _id: this.#insert({ ...equalIn(q), ...$setOnInsert }) });
      }
      if (found === undefined) continue;
      n += 1;
      const paths = [...Object.keys($set), ...Object.keys($unset)];
      if (paths.some((path) => paths.some((other) => other.startsWith(`${path}.`)))) {
        throw new Error('Updating a path would create a conflict at another.');
      }
      const [, document] = found;
      for (const [path, value] of Object.entries($set)) write(document, path.split('.'), value);
      for (const path of Object.keys($unset)) write(document, path.split('.'), undefined);
    }
    return { n, nModified: n - upserted.length, ...(upserted.length > 0 && { upserted }) };
  }

  /** `findOneAndReplace` with `upsert`. */
  #replace(command: Document): Document {
    only(command, [
      ...['findAndModify', 'query', 'update', 'upsert', 'new', 'remove', '$db'],
      ...['$readPreference', 'lsid', 'writeConcern'],
    ]);
    const { query, update } = command as { query: Document; update: Document };
    const found = this.#first(query);
    if (found === undefined) this.#insert(update);
    else this.#documents.set(found[0], { _id: found[1]._id, ...update });
    return {
      value: found?.[1] ?? null,
      lastErrorObject: { n: 1, updatedExisting: Boolean(found) },
    };
  }

  #delete(deletes: readonly Document[]): Document {
    let n = 0;
    for (const change of deletes) {
      only(change, ['q', 'limit', 'collation']);
      const { q, limit } = change as { q: Document; limit: number };
      for (const [number, document] of this.#documents) {
        if (!matches(document, q)) continue;
        this.#documents.delete(number);
        n += 1;
        if (Number(limit) === 1) break;
      }
    }
    return { n };
  }

  #insert(document: Document): unknown {
    this.#lastNumber += 1;
    const _id = document._id ?? new ObjectId();
    this.#documents.set(this.#lastNumber, { _id, ...document });
    return _id;
  }

  #first(filter: Document): readonly [number, Document] | undefined {
    for (const entry of this.#documents) if (matches(entry[1], filter)) return entry;
    return undefined;
  }
}

/** What a server says of itself: one that stands alone, without sessions. */
const greeting = (): Document => ({
  helloOk: true,
  isWritablePrimary: true,
  ismaster: true,
  maxBsonObjectSize: 16_777_216,
  maxMessageSizeBytes: 48_000_000,
  maxWriteBatchSize: 100_000,
  minWireVersion: 0,
  maxWireVersion: 21,
});

const replicaSet: Document = {
  setName: 'stand-in',
  hosts: ['127.0.0.1:1'],
  logicalSessionTimeoutMinutes: 30,
};

/** Every condition is a value, `$eq` or `$in`; `null` also stands for what is not there. */
function matches(document: Document, filter: Document): boolean {
  return Object.entries(filter).every(([path, condition]) => {
    const value = read(document, path.split('.')) ?? null;
    if (!isOperator(condition)) return same(value, condition);
    only(condition, ['$eq', '$in']);
    if ('$in' in condition) return (condition.$in as unknown[]).some((one) => same(value, one));
    return same(value, condition.$eq);
  });
}

const isOperator = (condition: unknown): condition is Document =>
  Object.keys(Object(condition)).some((name) => name.startsWith('$'));

/** The values that a filter says a new document has. */
const equalIn = (filter: Document): Document =>
  Object.fromEntries(
    Object.entries(filter).map(([path, is]) => [path, isOperator(is) ? is.$eq : is]),
  );

function same(value: unknown, other: unknown): boolean {
  if (value instanceof ObjectId) return other instanceof ObjectId && value.equals(other);
  return isDeepStrictEqual(value, other);
}

function read(value: unknown, [name, ...rest]: Path): unknown {
  if (name === undefined) return value;
  const isObject = typeof value === 'object' && value !== null;
  return isObject ? read((value as Document)[name], rest) : undefined;
}

function write(document: Document, [name = '', ...rest]: Path, value: unknown): void {
  if (rest.length > 0) {
    document[name] ??= {};
    write(document[name] as Document, rest, value);
  } else if (value === undefined) {
    delete document[name];
  } else {
    document[name] = value;
  }
}

function only(object: object, names: readonly string[]): void {
  const other = Object.keys(object).find((name) => !names.includes(name));
  if (other !== undefined) throw unknown(other);
}

const unknown = (name: string) => new Error(`The stand-in for MongoDB does not know ${name}.`);
