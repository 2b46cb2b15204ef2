// `node --import …/preload.js app.js` runs an app against a fake Shopify: FAKE_SHOPIFY_URL says where it is.
import { routeShopifyTo } from './edge.js';

const { FAKE_SHOPIFY_URL } = process.env;
if (FAKE_SHOPIFY_URL === undefined) throw new Error('Set FAKE_SHOPIFY_URL.');
routeShopifyTo(FAKE_SHOPIFY_URL);
