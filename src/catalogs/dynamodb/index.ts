// The catalog of @shopify/shopify-app-session-storage-dynamodb, which keeps a session as an item.
import { memberOf } from '../../foreign-object.js';
import type { SessionCatalog } from '../../session-catalog.js';
import { pagesAhead, StoreAccess } from '../../store-access/index.js';
import { UnreadableRecords, unreadableRecord } from '../../unreadable-records.js';
import { assertMethods, type CatalogOptions, catalogOptions } from '../catalog-options.js';
import { assertSameId, assertSession, type StoredSession } from '../stored-session.js';
import { conditionOf, updateOf } from './conditions.js';
import {
  isSameItem,
  itemOfSession,
  type SessionItem,
  sameAttribute,
  sessionOfItem,
} from './session-item.js';

export type { CatalogOptions } from '../catalog-options.js';
export type { StoredSession, StoredUser } from '../stored-session.js';

/** What is needed of a `DynamoDB` of `@aws-sdk/client-dynamodb` 3: its methods, not its commands. */
export interface DynamodbClient {
  // biome-ignore lint/suspicious/noExplicitAny: the types of the inputs are those of the AWS SDK
  scan(input: any, options?: any): Promise<{ Items?: any; LastEvaluatedKey?: any }>;
  // biome-ignore lint/suspicious/noExplicitAny: as above
  getItem(input: any, options?: any): Promise<{ Item?: any }>;
  // biome-ignore lint/suspicious/noExplicitAny: as above
  putItem(input: any, options?: any): Promise<unknown>;
  // biome-ignore lint/suspicious/noExplicitAny: as above
  updateItem(input: any, options?: any): Promise<unknown>;
  // biome-ignore lint/suspicious/noExplicitAny: as above
  deleteItem(input: any, options?: any): Promise<unknown>;
  // biome-ignore lint/suspicious/noExplicitAny: as above
  describeTable(input: any, options?: any): Promise<{ Table?: any }>;
  destroy?(): void;
}

/** Where the storage keeps its sessions. */
export interface DynamodbCatalogOptions extends CatalogOptions {
  /** As given to the storage. Default: `shopify_sessions`. */
  readonly sessionTableName?: string | undefined;
}

/**
 * A catalog of the sessions that `@shopify/shopify-app-session-storage-dynamodb` keeps, for
 * re-encrypting and copying them while the app serves. It reads the table with consistent scans, and
 * compares and swaps with a conditional `UpdateItem`. Needs the permissions `dynamodb:Scan`,
 * `dynamodb:GetItem`, `dynamodb:PutItem` and `dynamodb:UpdateItem` on the table; to remove sessions,
 * `dynamodb:DeleteItem`; for the progress of a run in percent, `dynamodb:DescribeTable`.
 *
 * @param client A `DynamoDB` of `@aws-sdk/client-dynamodb` 3, which has the commands as methods;
 * `disconnect` destroys it. It sends again what DynamoDB throttles, as its `maxAttempts` says.
 * @throws {OptionInvalidError} `client` is not one, or an option does not exist or is invalid.
 *
 * @example
 * import { DynamoDB } from '@aws-sdk/client-dynamodb';
 * import { dynamodbCatalog } from 'shopify-app-session-storage-encrypted/dynamodb';
 * export default dynamodbCatalog(new DynamoDB({ region: 'eu-west-1' }));
 */
export function dynamodbCatalog(
  client: DynamodbClient,
  options: DynamodbCatalogOptions = {},
): SessionCatalog<StoredSession> {
  assertMethods(
    client,
    ['scan', 'getItem', 'putItem', 'updateItem', 'deleteItem', 'describeTable'],
    'dynamodbCatalog needs a DynamoDB of @aws-sdk/client-dynamodb 3; a DynamoDBClient lacks its methods.',
  );
  const { sessionTableName, deadline } = catalogOptions('dynamodbCatalog', options, {
    sessionTableName: 'shopify_sessions',
  });
  return new DynamodbSessionCatalog(client, sessionTableName, deadline);
}

const pageSize = 1000;

class DynamodbSessionCatalog implements SessionCatalog<StoredSession> {
  readonly atomic = true;
  readonly #client: DynamodbClient;
  readonly #table: { readonly TableName: string };
  readonly #access: StoreAccess;
  /** The item that each session was read from, which is what a swap compares. */
  readonly #items = new WeakMap<StoredSession, SessionItem>();

  constructor(client: DynamodbClient, tableName: string, deadline: number) {
    this.#client = client;
    this.#table = { TableName: tableName };
    this.#access = new StoreAccess('the DynamoDB table', deadline);
  }

  async *sessions(): AsyncGenerator<StoredSession, void, undefined> {
    const unreadable = new UnreadableRecords();
    const read = (ExclusiveStartKey: unknown) => {
      const input = {
        ...this.#table,
        ConsistentRead: true,
        Limit: pageSize,
        ...(ExclusiveStartKey !== undefined && { ExclusiveStartKey }),
      };
      return this.#access.run({}, (abortSignal) => this.#client.scan(input, { abortSignal }));
    };
    for await (const { Items = [] } of pagesAhead(read, (page) => page.LastEvaluatedKey)) {
      for (const item of Items) {
        const session = this.#read(item);
        if (session === undefined) unreadable.add();
        else yield session;
      }
    }
    unreadable.report();
  }

  async loadSession(id: string): Promise<StoredSession | undefined> {
    const item = await this.#item(id);
    if (item === undefined) return undefined;
    const session = this.#read(item);
    if (session === undefined) throw unreadableRecord(id);
    return session;
  }

  async replaceSession(current: StoredSession | undefined, next: StoredSession): Promise<boolean> {
    if (current === undefined) return this.#insert(next);
    assertSameId(current, next);
    const expected = this.#items.get(current) ?? itemOfSession(current);
    const [before, after] = [itemOfSession(current), itemOfSession(next)];
    const names = [...new Set([...Object.keys(before), ...Object.keys(after)])];
    const changed = names.filter((name) => !sameAttribute(before[name], after[name]));
    if (changed.length === 0) {
      const item = await this.#item(next.id);
      return item !== undefined && isSameItem(expected, item);
    }
    const input = updateOf(expected, after, changed);
    const Key = { id: { S: next.id } };
    return this.#write(next.id, (options) =>
      this.#client.updateItem({ ...this.#table, Key, ...input }, options),
    );
  }

  async removeSession(current: StoredSession): Promise<boolean> {
    assertSession(current);
    const expected = this.#items.get(current) ?? itemOfSession(current);
    const input = { ...this.#table, Key: { id: { S: current.id } }, ...conditionOf(expected) };
    return await this.#write(current.id, (options) => this.#client.deleteItem(input, options));
  }

  /** What DynamoDB counted last, which it does about every six hours. */
  async estimateSessions(): Promise<number> {
    const { Table } = await this.#access.run({}, (abortSignal) =>
      this.#client.describeTable(this.#table, { abortSignal }),
    );
    return Number(Table?.ItemCount ?? 0);
  }

  async disconnect(): Promise<void> {
    this.#client.destroy?.();
  }

  async #insert(next: StoredSession): Promise<boolean> {
    assertSession(next);
    const input = {
      ...this.#table,
      Item: itemOfSession(next),
      ConditionExpression: 'attribute_not_exists(#id)',
      ExpressionAttributeNames: { '#id': 'id' },
    };
    return await this.#write(next.id, (options) => this.#client.putItem(input, options));
  }

  async #item(id: string): Promise<SessionItem | undefined> {
    const input = { ...this.#table, Key: { id: { S: id } }, ConsistentRead: true };
    const { Item } = await this.#access.run({ sessionId: id }, (abortSignal) =>
      this.#client.getItem(input, { abortSignal }),
    );
    return Item;
  }

  #read(item: SessionItem): StoredSession | undefined {
    const session = sessionOfItem(item);
    if (session !== undefined) this.#items.set(session, item);
    return session;
  }

  /** Runs a conditional write; false if its condition does not hold. */
  #write(
    sessionId: string,
    send: (options: { readonly abortSignal: AbortSignal }) => Promise<unknown>,
  ): Promise<boolean> {
    return this.#access.run({ sessionId, writes: true }, async (abortSignal) => {
      try {
        await send({ abortSignal });
        return true;
      } catch (error) {
        const name = memberOf(error, 'name');
        if (name === 'ConditionalCheckFailedException') return false;
        // What others call so was never sent; the SDK gives up what is under way too.
        if (name === 'AbortError') throw new Error('DynamoDB did not answer in time.');
        throw error;
      }
    });
  }
}
