import { officialMemory } from './backends/official-memory.js';
import { sessionStorageConformance } from './conformance.js';

sessionStorageConformance(officialMemory);
