/**
 * Checks archives of a release, named as arguments, and prints a table. Exits with 1 when a check
 * failed. A check that cannot run on this machine says why. With `--report FILE`, each check also
 * adds a line "name<TAB>passed|failed|skipped" to that file. `--quick` is for the archives of
 * `scripts/release --quick`.
 */
import {
  appendFileSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { parseArgs } from "node:util";
import manifest from "../../package.json" with { type: "json" };
import { type Check, Impossible } from "./checks/check.ts";
import { fileChecks } from "./checks/files.ts";
import { programChecks } from "./checks/program.ts";
import { findRunners } from "./checks/runners.ts";
import { run } from "./run.ts";
import { findTarget, TARGETS, type Target } from "./targets.ts";

/** Bytes. Windows itself unpacks only the older and weaker compression of .zip. */
const MAX_ARCHIVE_SIZE = { "tar.xz": 45e6, zip: 60e6 } as const;

const { values: options, positionals: archives } = parseArgs({
  options: { report: { type: "string" }, quick: { type: "boolean", default: false } },
  allowPositionals: true,
});
const scratch = mkdtempSync(join(tmpdir(), "tlslp-check-"));
let failures = 0;
try {
  for (const archive of archives) {
    await checkArchive(archive);
  }
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
process.exit(failures === 0 ? 0 : 1);

async function checkArchive(archive: string): Promise<void> {
  const target = targetOf(archive);
  const folder = join(scratch, target.name);
  unpack(archive, target);
  for (const check of archiveChecks(archive, target)) {
    await runCheck(target, check);
  }
  for (const check of fileChecks(folder, target)) {
    await runCheck(target, check);
  }
  for (const runner of await findRunners(target, folder, scratch)) {
    for (const check of programChecks(runner, target, scratch)) {
      await runCheck(target, check);
    }
  }
}

/** Runs one check and prints its row. */
async function runCheck({ name }: Target, check: Check): Promise<void> {
  let verdict: "passed" | "failed" | "skipped" = "passed";
  let detail: string;
  try {
    detail = await check.run();
  } catch (thrown) {
    detail = thrown instanceof Error ? thrown.message : String(thrown);
    verdict = thrown instanceof Impossible ? "skipped" : "failed";
    failures += verdict === "failed" ? 1 : 0;
  }
  const row = [name.padEnd(16), check.name.padEnd(34), verdict.padEnd(8), detail.split("\n")[0]];
  process.stdout.write(`${row.join("  ")}\n`);
  if (options.report !== undefined) {
    appendFileSync(options.report, `${name}: ${check.name}\t${verdict}\n`);
  }
}

function targetOf(archive: string): Target {
  const name = basename(archive);
  const target = TARGETS.find((each) => name.endsWith(`-${each.name}.${each.archive}`));
  return target ?? findTarget(name);
}

function unpack(archive: string, target: Target): void {
  const folder = join(scratch, "unpacked");
  run("mkdir", "-p", folder);
  if (target.archive === "zip") {
    run("unzip", "-q", archive, "-d", folder);
  } else {
    run("tar", "--extract", `--file=${archive}`, `--directory=${folder}`);
  }
  const [only] = readdirSync(folder);
  run("mv", join(folder, only ?? ""), join(scratch, target.name));
  rmSync(folder, { recursive: true });
}

function archiveChecks(archive: string, target: Target): readonly Check[] {
  const sums = join(dirname(archive), "SHA256SUMS");
  return [
    {
      name: "archive: name and version",
      run() {
        const expected = `tlslp-${manifest.version}-${target.name}.${target.archive}`;
        if (basename(archive) !== expected) {
          throw new Error(`expected ${expected}`);
        }
        return expected;
      },
    },
    {
      name: "archive: size",
      run() {
        if (options.quick) {
          throw new Impossible("it is compressed weakly");
        }
        const { size } = statSync(archive);
        const maxSize = MAX_ARCHIVE_SIZE[target.archive];
        if (size > maxSize) {
          throw new Error(`${size} bytes, at most ${maxSize}`);
        }
        return `${(size / 1e6).toFixed(1)} MB`;
      },
    },
    {
      name: "archive: checksum in SHA256SUMS",
      run() {
        if (!existsSync(sums)) {
          throw new Impossible("there is no SHA256SUMS beside it");
        }
        const digest = new Bun.CryptoHasher("sha256").update(readFileSync(archive)).digest("hex");
        if (!readFileSync(sums, "utf8").includes(`${digest}  ${basename(archive)}\n`)) {
          throw new Error("not the checksum of this file");
        }
        return digest.slice(0, 16);
      },
    },
  ];
}
