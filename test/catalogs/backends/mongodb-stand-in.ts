// Stands in for a MongoDB database, since no server of it can be had from Debian or npm: one
// collection in memory with the operators that the catalog and the official storage use, and an
// error for everything else. It shows what is sent and what that means by MongoDB's manual; it does
// not show that a real server agrees.
import { isDeepStrictEqual } from 'node:util';

type Document = Record<string, unknown>;
type Path = readonly string[];

export class MongodbStandIn {
  readonly #documents = new Map<number, Document>();
  #lastId = 0;

  collection(_name: string): this {
    return this;
  }

  /** Like a cursor over the index of `_id`: what comes and goes behind it is not seen. */
  async *find(filter: object, options: object): AsyncGenerator<Document> {
    only(options, ['sort', 'batchSize']);
    if (!isDeepStrictEqual((options as Document).sort, { _id: 1 })) throw unknown('sort');
    let last = 0;
    for (;;) {
      const next = [...this.#documents.values()].find((document) => Number(document._id) > last);
      if (next === undefined) return;
      last = Number(next._id);
      if (matches(next, filter)) yield structuredClone(next);
    }
  }

  async findOne(filter: object, options: object = {}): Promise<Document | null> {
    only(options, ['collation']);
    return structuredClone(this.#first(filter)) ?? null;
  }

  async findAll(filter: object): Promise<Document[]> {
    return structuredClone([...this.#documents.values()].filter((some) => matches(some, filter)));
  }

  async updateOne(filter: object, update: object, options: object) {
    only(options, ['collation', 'upsert']);
    only(update, ['$set', '$unset', '$setOnInsert']);
    const { $set = {}, $unset = {}, $setOnInsert = {} } = update as Record<string, Document>;
    const found = this.#first(filter);
    if (found === undefined && (options as Document).upsert === true) {
      const equal = Object.entries(filter).map(([name, { $eq }]) => [name, $eq]);
      this.#insert({ ...Object.fromEntries(equal), ...structuredClone($setOnInsert) });
      return { matchedCount: 0, upsertedCount: 1 };
    }
    if (found === undefined) return { matchedCount: 0, upsertedCount: 0 };
    const paths = [...Object.keys($set), ...Object.keys($unset)];
    if (paths.some((path) => paths.some((other) => other.startsWith(`${path}.`)))) {
      throw new Error('Updating a path would create a conflict at another.');
    }
    for (const [path, value] of Object.entries($set)) write(found, path.split('.'), value);
    for (const path of Object.keys($unset)) write(found, path.split('.'), undefined);
    return { matchedCount: 1, upsertedCount: 0 };
  }

  async replaceOrInsert(filter: object, document: object): Promise<void> {
    const found = this.#first(filter);
    if (found === undefined) this.#insert(structuredClone({ ...document }));
    else this.#documents.set(Number(found._id), { ...structuredClone(document), _id: found._id });
  }

  async deleteAll(filter: object): Promise<void> {
    for (const { _id } of await this.findAll(filter)) this.#documents.delete(Number(_id));
  }

  #insert(document: Document): void {
    this.#lastId += 1;
    this.#documents.set(this.#lastId, { ...document, _id: this.#lastId });
  }

  #first(filter: object): Document | undefined {
    return [...this.#documents.values()].find((document) => matches(document, filter));
  }
}

/** Every condition is `$eq`; `null` also stands for what is not there. */
function matches(document: Document, filter: object): boolean {
  return Object.entries(filter).every(([path, condition]) => {
    only(condition as object, ['$eq']);
    const { $eq } = condition as Document;
    return isDeepStrictEqual(read(document, path.split('.')) ?? null, $eq);
  });
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
    document[name] = structuredClone(value);
  }
}

function only(object: object, names: readonly string[]): void {
  const other = Object.keys(object).find((name) => !names.includes(name));
  if (other !== undefined) throw unknown(other);
}

const unknown = (name: string) => new Error(`The stand-in for MongoDB does not know ${name}.`);
