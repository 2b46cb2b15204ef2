// Memory that is used again for each token. A new Buffer, or a view of one, costs more than what is
// done with it here. Only for what is not secret, and only within one synchronous operation.

export class ScratchBuffer {
  readonly #bytes: Buffer;
  readonly #views: (Buffer | undefined)[] = [];

  constructor(capacity: number) {
    this.#bytes = Buffer.allocUnsafeSlow(capacity);
  }

  /** The first `length` bytes; new memory when that is more than there is. */
  take(length: number): Buffer {
    if (length > this.#bytes.length) return Buffer.allocUnsafe(length);
    let view = this.#views[length];
    if (view === undefined) {
      view = this.#bytes.subarray(0, length);
      this.#views[length] = view;
    }
    return view;
  }
}
