import { officialPrisma } from './backends/official-prisma.js';
import { sessionStorageConformance } from './conformance.js';

sessionStorageConformance(officialPrisma);
