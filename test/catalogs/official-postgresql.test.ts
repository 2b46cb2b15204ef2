import { postgresqlBackend } from './backends/official-postgresql.js';
import { sessionCatalogConformance } from './conformance.js';

sessionCatalogConformance(postgresqlBackend);
