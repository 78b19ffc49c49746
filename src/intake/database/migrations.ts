/**
 * The versions of the schema, one file each. The first N files make version N. A file that was
 * released never changes.
 */

import { Fault } from "../../fault/fault.ts";
import type { Sql } from "./database.ts";
import entries from "./migrations/0001-entries.sql" with { type: "text" };

const MIGRATIONS: readonly string[] = [entries];

/** The version that this program reads and writes. */
export const SCHEMA_VERSION = MIGRATIONS.length;

/** Throws a usage fault for a store of a newer version. */
export function requireKnownVersion(store: string, version: number): void {
  if (version > SCHEMA_VERSION) {
    throw new Fault("storeNewer", { store, version, known: SCHEMA_VERSION });
  }
}

/** Brings the tables from an older version to ours. The caller holds a lock and a transaction. */
export async function migrate(sql: Sql, version: number): Promise<void> {
  for (const statements of MIGRATIONS.slice(version)) {
    await sql.unsafe(statements).simple();
  }
}
