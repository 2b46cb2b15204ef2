import { officialRedis } from './backends/official-redis.js';
import { sessionStorageConformance } from './conformance.js';

sessionStorageConformance(officialRedis);
