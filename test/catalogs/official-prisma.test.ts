import { prismaBackend } from './backends/official-prisma.js';
import { sessionCatalogConformance } from './conformance.js';

sessionCatalogConformance(prismaBackend);
