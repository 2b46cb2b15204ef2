import { officialDynamodb } from './backends/official-dynamodb.js';
import { sessionStorageConformance } from './conformance.js';

sessionStorageConformance(officialDynamodb);
