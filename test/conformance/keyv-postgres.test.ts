import { keyv5Postgres, keyv6Postgres, openedPostgres } from './backends/keyv-postgres.js';
import { sessionStorageConformance } from './conformance.js';

sessionStorageConformance(keyv5Postgres);
sessionStorageConformance(keyv6Postgres);
sessionStorageConformance(openedPostgres);
