import { officialSqlite } from './backends/official-sqlite.js';
import { sessionStorageConformance } from './conformance.js';

sessionStorageConformance(officialSqlite);
