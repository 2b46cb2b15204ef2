import { dynamodbBackend } from './backends/official-dynamodb.js';
import { sessionCatalogConformance } from './conformance.js';

sessionCatalogConformance(dynamodbBackend);
