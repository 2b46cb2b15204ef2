import { mongodbBackend } from './backends/mongodb.js';
import { sessionCatalogConformance } from './conformance.js';

sessionCatalogConformance(mongodbBackend);
