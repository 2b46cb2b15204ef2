import { officialPrisma, officialPrismaExtended } from './backends/official-prisma.js';
import {
  officialPrismaMysql,
  officialPrismaPostgres,
} from './backends/official-prisma-on-servers.js';
import { sessionStorageConformance } from './conformance.js';

sessionStorageConformance(officialPrisma);
sessionStorageConformance(officialPrismaExtended);
sessionStorageConformance(officialPrismaMysql);
sessionStorageConformance(officialPrismaPostgres);
