import {
  drizzleMysqlBackend,
  drizzlePostgresBackend,
  drizzleSqliteBackend,
} from './backends/official-drizzle.js';
import { sessionCatalogConformance } from './conformance.js';

sessionCatalogConformance(drizzlePostgresBackend);
sessionCatalogConformance(drizzleMysqlBackend);
sessionCatalogConformance(drizzleSqliteBackend);
