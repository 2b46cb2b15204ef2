import { keyv5Redis, keyv6Redis, openedRedis } from './backends/keyv-redis.js';
import { sessionStorageConformance } from './conformance.js';

sessionStorageConformance(keyv5Redis);
sessionStorageConformance(keyv6Redis);
sessionStorageConformance(openedRedis);
