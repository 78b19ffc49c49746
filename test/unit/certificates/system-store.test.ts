import { expect, test } from "bun:test";
import { chmodSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { readSystemAuthorities } from "../../../src/certificates/system-store.ts";
import { makeAuthority } from "../../support/certificates.ts";
import { makeFolder } from "../../support/processes.ts";

test("the store is the first of the files that exists", async () => {
  using folder = makeFolder();
  const [good, other] = await Promise.all([makeAuthority({ name: "good" }), makeAuthority()]);
  const paths = ["first", "second", "third"].map((name) => join(folder.path, name));
  writeFileSync(join(folder.path, "second"), good.cert);
  writeFileSync(join(folder.path, "third"), other.cert);

  expect(subjectsOf(paths)).toEqual(["CN=good"]);
});

test("authorities that cannot be used are left out in silence", async () => {
  using folder = makeFolder();
  const [good, expired] = await Promise.all([
    makeAuthority({ name: "good" }),
    makeAuthority({ name: "old", validity: "expired" }),
  ]);
  const path = join(folder.path, "bundle.pem");
  writeFileSync(path, `# old\n${expired.cert}\n# good\n${good.cert}`);

  expect(subjectsOf([path])).toEqual(["CN=good"]);
  expect(readSystemAuthorities([path]).setAside).toEqual([]);
});

test("a store that everybody can write is refused", async () => {
  using folder = makeFolder();
  const path = join(folder.path, "bundle.pem");
  writeFileSync(path, (await makeAuthority()).cert);
  chmodSync(path, 0o666);

  expect(() => readSystemAuthorities([path])).toThrow(
    `the system's certificate store ${path} can be written by everybody`,
  );
});

test("without a store there is nothing to trust", () => {
  expect(() => readSystemAuthorities(["/nowhere/bundle.pem"])).toThrow(
    "the system's certificate store is in none of the places that are known here",
  );
});

function subjectsOf(paths: readonly string[]): readonly string[] {
  return readSystemAuthorities(paths).used.map(({ certificate }) => certificate.subject);
}
