import { nodeSqlite, openLibsql, openSqlite3, sqliteBackend } from './backends/sqlite.js';
import { sessionCatalogConformance } from './conformance.js';

sessionCatalogConformance(sqliteBackend('libsql', openLibsql));
sessionCatalogConformance(sqliteBackend('sqlite3', openSqlite3));

// Node 20 has no SQLite of its own.
const openNodeSqlite = nodeSqlite();
if (openNodeSqlite !== undefined) {
  sessionCatalogConformance(sqliteBackend('node:sqlite', openNodeSqlite));
}
