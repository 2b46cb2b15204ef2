import { nodeSqlite, openLibsql, openWithCallbacks, sqliteBackend } from './backends/sqlite.js';
import { sessionCatalogConformance } from './conformance.js';

sessionCatalogConformance(sqliteBackend('libsql', openLibsql));
sessionCatalogConformance(sqliteBackend('callbacks like those of sqlite3', openWithCallbacks));

// Node 20 has no SQLite of its own.
const openNodeSqlite = nodeSqlite();
if (openNodeSqlite !== undefined) {
  sessionCatalogConformance(sqliteBackend('node:sqlite', openNodeSqlite));
}
