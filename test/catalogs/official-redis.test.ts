import { redisBackend } from './backends/official-redis.js';
import { sessionCatalogConformance } from './conformance.js';

sessionCatalogConformance(redisBackend);
