import { officialKv } from './backends/official-kv.js';
import { sessionStorageConformance } from './conformance.js';

sessionStorageConformance(officialKv);
