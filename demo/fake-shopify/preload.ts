// For `node --import`: puts a whole process behind the fake Shopify at FAKE_SHOPIFY_URL, so that
// the app in it needs to know nothing of this.
import { routeShopifyTo } from './edge.js';

const { FAKE_SHOPIFY_URL: url } = process.env;
if (url === undefined) throw new Error('FAKE_SHOPIFY_URL is not set');
routeShopifyTo(url);
