import { officialMongodb } from './backends/official-mongodb.js';
import { sessionStorageConformance } from './conformance.js';

sessionStorageConformance(officialMongodb);
