import { keyv5Memory, keyv6Memory, keyvUnknownAdapter } from './backends/keyv-memory.js';
import { sessionStorageConformance } from './conformance.js';

sessionStorageConformance(keyv5Memory);
sessionStorageConformance(keyv6Memory);
sessionStorageConformance(keyvUnknownAdapter);
