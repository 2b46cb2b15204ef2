// The catalogs that commands work on.
import type { SessionCatalog, SessionLike } from '../index.js';

export type Catalog = SessionCatalog<SessionLike>;
