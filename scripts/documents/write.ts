/**
 * Writes every generated document and removes the ones that are no longer generated.
 */
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { committedDocuments, generateDocuments } from "./documents.ts";

const documents = await generateDocuments();
for (const path of committedDocuments(".")) {
  if (!documents.has(path)) {
    rmSync(path);
  }
}
for (const [path, text] of documents) {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}
