import { expect, test } from "bun:test";
import { hintFor } from "../../../src/cli/hints.ts";
import { Fault, LIBRARY_VOICE } from "../../../src/fault/fault.ts";

const afterWriting = (path: string, code: string) =>
  hintFor(new Fault("outputUnwritable", { path, code }), LIBRARY_VOICE);

test("the hint for a list that was not written says that its people are still admitted", () => {
  expect(afterWriting("certs/crl.pem", "ENOSPC")).toBe(
    "until tlslp revoke has made the list, servers admit those who were revoked",
  );
  expect(afterWriting("certs/issued.jsonl", "ENOSPC")).toBeUndefined();
  expect(afterWriting("certs/issued.jsonl", "EFBIG")).toContain("ulimit -f");
});
