// The entry `./open`.
export { openSessionStorage } from './open-session-storage.js';
