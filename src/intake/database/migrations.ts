/**
 * The versions of the schema, one file each. The first N files make version N. A file that was
 * released never changes.
 */

import type { Sql } from "./database.ts";
import entries from "./migrations/0001-entries.sql" with { type: "text" };

const MIGRATIONS: readonly string[] = [entries];

/** The version that this program reads and writes. */
export const SCHEMA_VERSION = MIGRATIONS.length;

/** Brings the tables from an older version to ours. The caller holds a lock and a transaction. */
export async function migrate(sql: Sql, version: number): Promise<void> {
  for (const statements of MIGRATIONS.slice(version)) {
    await sql.unsafe(statements).simple();
  }
}
