/**
 * Adds up the results of all suites and prints "N passed, N failed" as the last line. Exits 1
 * unless everything passed. Reads a folder with `<suite>.exit`, the exit code, and either
 * `<suite>.xml` in JUnit's format or `<suite>.tsv` with one verdict per line.
 */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

interface Counts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

const [folder = "."] = process.argv.slice(2);
const suites = readdirSync(folder)
  .filter((name) => name.endsWith(".exit"))
  .map((name) => name.slice(0, -".exit".length))
  .sort();

let passed = 0;
let failed = 0;
for (const suite of suites) {
  const counts = withExitCode(countSuite(suite), Number(read(`${suite}.exit`)));
  const skipped = counts.skipped > 0 ? `, ${counts.skipped} skipped` : "";
  process.stdout.write(`${suite}: ${counts.passed} passed, ${counts.failed} failed${skipped}\n`);
  passed += counts.passed;
  failed += counts.failed;
}
process.stdout.write(`${passed} passed, ${failed} failed\n`);
process.exit(failed > 0 || passed === 0 ? 1 : 0);

function countSuite(suite: string): Counts {
  if (existsSync(join(folder, `${suite}.tsv`))) {
    return countVerdicts(read(`${suite}.tsv`));
  }
  return existsSync(join(folder, `${suite}.xml`))
    ? countCases(read(`${suite}.xml`))
    : { passed: 0, failed: 0, skipped: 0 };
}

/** Adds a failure to a suite that exited with an error or ran no test but reports no failure. */
function withExitCode(counts: Counts, exitCode: number): Counts {
  const hasFailed = exitCode !== 0 || counts.passed === 0;
  return hasFailed && counts.failed === 0 ? { ...counts, failed: 1 } : counts;
}

function countVerdicts(text: string): Counts {
  const verdicts = text.trim().split("\n");
  const count = (verdict: string) =>
    verdicts.filter((line) => line.endsWith(`\t${verdict}`)).length;
  return { passed: count("passed"), failed: count("failed"), skipped: count("skipped") };
}

/** Counts the cases of a JUnit report, because writers disagree on the totals in its head. */
function countCases(xml: string): Counts {
  const cases = xml.match(/<testcase\b[^>]*?(?:\/>|>[\s\S]*?<\/testcase>)/g) ?? [];
  const failures = cases.filter((text) => /<(failure|error)\b/.test(text)).length;
  const skips = cases.filter((text) => /<skipped\b/.test(text)).length;
  return { passed: cases.length - failures - skips, failed: failures, skipped: skips };
}

function read(name: string): string {
  return readFileSync(join(folder, name), "utf8");
}
