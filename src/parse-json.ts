// Reads JSON of which it is not known whether it is any.

/** What a text holds; undefined if it is not JSON. Without an error: the parser's quotes the text. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
