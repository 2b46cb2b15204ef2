import { openedSqlite } from './backends/opened-sqlite.js';
import { sessionStorageConformance } from './conformance.js';

sessionStorageConformance(openedSqlite);
