import { officialPostgres } from './backends/official-postgres.js';
import { sessionStorageConformance } from './conformance.js';

sessionStorageConformance(officialPostgres);
