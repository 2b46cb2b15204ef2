import {
  prismaMysqlBackend,
  prismaPostgresqlBackend,
} from './backends/official-prisma-on-servers.js';
import { sessionCatalogConformance } from './conformance.js';

sessionCatalogConformance(prismaMysqlBackend);
sessionCatalogConformance(prismaPostgresqlBackend);
