/**
 * Writes a file of tab-separated values as a table into docs/performance.md:
 * `write-table.ts NAME FILE`.
 */
import { fillPage, readTabs, table } from "./page.ts";

const [name = "", file = ""] = process.argv.slice(2);
const [head = [], ...rows] = readTabs(file);
fillPage(new Map([[name, table(head, rows)]]));
