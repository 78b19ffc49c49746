/**
 * JSON in the documentation.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Ajv2020 } from "ajv/dist/2020.js";
import { REPOSITORY } from "../processes.ts";
import { type Block, marksOf } from "./blocks.ts";

/** Throws for a block that is not JSON, or does not keep the schema that its mark names. */
export function checkJson(block: Block): void {
  const where = `${block.page}:${block.line}`;
  const value = parse(block.lines.join("\n"), where);
  for (const name of marksOf(block, "schema")) {
    const schema = readFileSync(join(REPOSITORY, `docs/schema/${name}.json`), "utf8");
    const ajv = new Ajv2020({ strictTypes: false, validateFormats: false });
    if (!ajv.validate(JSON.parse(schema), value)) {
      throw new Error(`${where}: not as docs/schema/${name}.json says: ${ajv.errorsText()}`);
    }
  }
}

function parse(text: string, where: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new Error(`${where}: not JSON: ${error}`);
  }
}
