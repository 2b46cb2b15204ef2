import { officialMysql } from './backends/official-mysql.js';
import { sessionStorageConformance } from './conformance.js';

sessionStorageConformance(officialMysql);
