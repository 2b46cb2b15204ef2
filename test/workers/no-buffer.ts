// In place of Node's `buffer`, which Keyv imports for what this package does not use.
export const Buffer = undefined;
