import { openedMysql } from './backends/opened-mysql.js';
import { sessionStorageConformance } from './conformance.js';

sessionStorageConformance(openedMysql);
