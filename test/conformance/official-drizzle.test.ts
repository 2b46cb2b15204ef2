import {
  officialDrizzleMysql,
  officialDrizzlePostgres,
  officialDrizzleSqlite,
} from './backends/official-drizzle.js';
import { sessionStorageConformance } from './conformance.js';

sessionStorageConformance(officialDrizzlePostgres);
sessionStorageConformance(officialDrizzleMysql);
sessionStorageConformance(officialDrizzleSqlite);
