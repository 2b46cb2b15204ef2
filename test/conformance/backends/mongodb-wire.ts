// MongoDB's wire protocol, as far as its Node.js driver speaks it: commands in OP_MSG, and the first
// greeting in OP_QUERY. Source: https://www.mongodb.com/docs/manual/reference/mongodb-wire-protocol/
import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { BSON } from 'bson';
import { type Document, MongodbStandIn } from './mongodb-stand-in.js';

const OP_REPLY = 1;
const OP_QUERY = 2004;
const OP_MSG = 2013;

/** A stand-in that listens. */
export interface ServedStandIn {
  /** Such as `mongodb://127.0.0.1:41234/`. */
  readonly url: string;
  readonly standIn: MongodbStandIn;
  /** From now on, commands are not run, but for greetings, until what it answers is called. */
  pause(): () => void;
  /** Waits until a command waits. */
  untilPaused(): Promise<void>;
  stop(): Promise<void>;
}

/** Serves an empty stand-in on a free port of this machine. */
export async function serveMongodbStandIn(isReplicaSet = false): Promise<ServedStandIn> {
  const standIn = new MongodbStandIn(isReplicaSet);
  const sockets = new Set<Socket>();
  const pauses = new Pauses();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    socket.on('error', () => {});
    let waiting = Buffer.alloc(0);
    socket.on('data', (chunk) => {
      waiting = Buffer.concat([waiting, chunk]);
      while (waiting.length >= 4 && waiting.length >= waiting.readInt32LE()) {
        const length = waiting.readInt32LE();
        const message = waiting.subarray(0, length);
        pauses.run(message, () => {
          if (socket.destroyed) return;
          const reply = replyTo(standIn, message);
          if (reply !== undefined) socket.write(reply);
        });
        waiting = waiting.subarray(length);
      }
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `mongodb://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    standIn,
    pause: () => pauses.begin(),
    untilPaused: () => pauses.untilOneWaits(),
    async stop() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

/** Keeps commands back, but not greetings, by which a client looks whether the server is there. */
class Pauses {
  #waiting: (() => void)[] | undefined;
  readonly #onWait = new Set<() => void>();

  begin(): () => void {
    this.#waiting = [];
    return () => {
      const waiting = this.#waiting ?? [];
      this.#waiting = undefined;
      for (const answer of waiting) answer();
    };
  }

  run(message: Buffer, answer: () => void): void {
    const isGreeting =
      message.readInt32LE(12) === OP_QUERY || /^(hello|ismaster)$/i.test(nameOf(message));
    if (this.#waiting === undefined || isGreeting) {
      answer();
      return;
    }
    this.#waiting.push(answer);
    for (const onWait of this.#onWait) onWait();
    this.#onWait.clear();
  }

  untilOneWaits(): Promise<void> {
    if (this.#waiting !== undefined && this.#waiting.length > 0) return Promise.resolve();
    return new Promise((resolve) => this.#onWait.add(resolve));
  }
}

/** The name of a command. */
const nameOf = (message: Buffer) => Object.keys(commandIn(message))[0] ?? '';

function replyTo(standIn: MongodbStandIn, message: Buffer): Buffer | undefined {
  const requestId = message.readInt32LE(4);
  if (message.readInt32LE(12) === OP_QUERY) {
    const afterName = message.indexOf(0, 20) + 1;
    const answer = BSON.serialize(answerTo(standIn, read(message, afterName + 8)));
    const head = Buffer.alloc(20);
    head.writeInt32LE(1, 16);
    return framed(OP_REPLY, requestId, [head, answer]);
  }
  const flags = message.readUInt32LE(16);
  const answer = BSON.serialize(answerTo(standIn, commandIn(message)));
  const expectsNone = (flags & 2) !== 0;
  return expectsNone ? undefined : framed(OP_MSG, requestId, [Buffer.alloc(5), answer]);
}

/** The command of an OP_MSG: a document, and lists of documents that belong to its members. */
function commandIn(message: Buffer): Document {
  const command: Document = {};
  let position = 20;
  while (position < message.length) {
    const kind = message[position];
    const size = message.readInt32LE(position + 1);
    if (kind === 0) Object.assign(command, read(message, position + 1));
    else {
      const end = position + 1 + size;
      const afterName = message.indexOf(0, position + 5) + 1;
      const documents: Document[] = [];
      for (let at = afterName; at < end; at += message.readInt32LE(at)) {
        documents.push(read(message, at));
      }
      command[message.toString('utf8', position + 5, afterName - 1)] = documents;
    }
    position += 1 + size;
  }
  return command;
}

function answerTo(standIn: MongodbStandIn, command: Document): Document {
  try {
    return { ok: 1, ...standIn.run(command) };
  } catch (error) {
    return { ok: 0, code: 59, errmsg: error instanceof Error ? error.message : String(error) };
  }
}

const read = (message: Buffer, at: number): Document =>
  BSON.deserialize(message.subarray(at, at + message.readInt32LE(at)));

function framed(opCode: number, responseTo: number, parts: readonly Uint8Array[]): Buffer {
  const head = Buffer.alloc(16);
  head.writeInt32LE(
    parts.reduce((sum, { length }) => sum + length, head.length),
    0,
  );
  head.writeInt32LE(responseTo, 8);
  head.writeInt32LE(opCode, 12);
  return Buffer.concat([head, ...parts]);
}
