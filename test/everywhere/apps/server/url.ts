// The store: what the URL names.
export { openSessionStorage as open } from 'shopify-app-session-storage-encrypted/open';
