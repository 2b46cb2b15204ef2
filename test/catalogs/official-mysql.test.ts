import { mysqlBackend } from './backends/official-mysql.js';
import { sessionCatalogConformance } from './conformance.js';

sessionCatalogConformance(mysqlBackend);
