import { expect, test } from "bun:test";
import { withoutLeftOvers } from "../../../packaging/archives/bill-of-materials.ts";

test("a package that only another commit needed is not in the list of parts", () => {
  const needed = { type: "library", name: "citty", "bom-ref": "citty@0.2.2" };
  const leftOver = {
    type: "library",
    name: "left-over",
    "bom-ref": "left-over@1.0.0",
    properties: [{ name: "cdx:npm:package:extraneous", value: "true" }],
  };

  const parts = withoutLeftOvers({
    components: [needed, leftOver],
    dependencies: [{ ref: "citty@0.2.2" }, { ref: "left-over@1.0.0" }],
  });

  expect(parts).toEqual({ components: [needed], dependencies: [{ ref: "citty@0.2.2" }] });
});
