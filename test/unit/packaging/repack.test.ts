import { expect, test } from "bun:test";
import { appendFileSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileFor, readRelease, unpack } from "../../../packaging/release.ts";
import { repack } from "../../../packaging/repack.ts";
import { makeRelease, VERSION } from "../../support/releases.ts";

test("an archive that is packed again has its checksums in the release", () => {
  const folder = mkdtempSync(join(tmpdir(), "tlslp-test-"));
  try {
    const release = makeRelease(folder, ["darwin-x64", "linux-x64"]);
    const before = readRelease(release);
    const name = `tlslp-${VERSION}-darwin-x64`;
    appendFileSync(join(folder, name, "tlslp"), "# signed\n");

    repack(release, join(release, `${name}.tar.xz`), join(folder, name));

    const after = readRelease(release);
    const file = fileFor(after, "darwin-x64");
    const unpacked = unpack(after, file, join(folder, "unpacked"));
    expect(readFileSync(join(unpacked, "tlslp"), "utf8")).toEndWith("# signed\n");
    expect(readFileSync(join(release, "SHA256SUMS"), "utf8")).toBe(
      after.files.map((each) => `${each.sha256}  ${each.name}\n`).join(""),
    );
    expect(fileFor(after, "linux-x64")).toEqual(fileFor(before, "linux-x64"));
    expect(file.sha256).not.toBe(fileFor(before, "darwin-x64").sha256);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
