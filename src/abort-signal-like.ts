// An AbortSignal in the published types, which must not need @types/node or the library `dom`.

/** What an `AbortSignal` is to the compiler. */
export interface AbortSignalLike {
  readonly aborted: boolean;
  addEventListener(type: 'abort', listener: () => void): void;
  removeEventListener(type: 'abort', listener: () => void): void;
}
