import { mongodbBackend } from './backends/official-mongodb.js';
import { sessionCatalogConformance } from './conformance.js';

sessionCatalogConformance(mongodbBackend);
