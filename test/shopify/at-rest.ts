// Looks for tokens in what lies at rest in a store.

/** The tokens that can be read in `contents`: as they are, without prefix, in hexadecimal or base64. */
export function readableTokens(contents: Buffer, tokens: readonly string[]): string[] {
  return tokens.filter((token) => {
    const bytes = Buffer.from(token);
    // Base64 of bytes in the middle of something depends on where they stand in groups of three.
    const base64 = [0, 1, 2].map((skip) => bytes.subarray(skip, skip + 18).toString('base64'));
    const random = token.slice(token.indexOf('_') + 1);
    return [random, bytes.toString('hex'), ...base64].some((text) => contents.includes(text));
  });
}

/** The sealed tokens in `contents`: JWEs in compact form with no encrypted key, each once. */
export function sealedTokens(contents: Buffer): string[] {
  const found = contents.toString('latin1').match(/eyJ[\w-]+\.\.[\w-]+\.[\w-]+\.[\w-]+/g) ?? [];
  return [...new Set(found)];
}
