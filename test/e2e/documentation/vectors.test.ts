/**
 * The test vectors of the protocol hold for the independent peers in Python too.
 */
import { expect, test } from "bun:test";
import { join } from "node:path";
import { DOCS } from "../../support/docs.ts";
import { REPOSITORY, run } from "../../support/processes.ts";

const CHECKER = join(REPOSITORY, "test/peers/vectors.py");

test("the test vectors hold for another implementation", async () => {
  const vectors = join(DOCS, "protocol/vectors.json");
  const { code, stdout } = await run(["python3", "-B", CHECKER, vectors]);
  expect(stdout).toMatch(/^\d{3} vectors, 0 do not hold\n$/);
  expect(code).toBe(0);
}, 120_000);
