/**
 * Adds up the suites: reads a folder of results (`<suite>.exit` with the suite's exit code, and
 * `<suite>.xml` in JUnit's format or `<suite>.tsv` with a verdict a line) and prints, as the last
 * line, "N passed, N failed". Exits 1 unless everything passed.
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
  const counts = settle(countSuite(suite), Number(read(`${suite}.exit`)));
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

/** A suite that ended badly or ran nothing counts as a failure, whatever its report says. */
function settle(counts: Counts, exitCode: number): Counts {
  const isBad = exitCode !== 0 || counts.passed === 0;
  return isBad && counts.failed === 0 ? { ...counts, failed: 1 } : counts;
}

function countVerdicts(text: string): Counts {
  const verdicts = text.trim().split("\n");
  const count = (verdict: string) =>
    verdicts.filter((line) => line.endsWith(`\t${verdict}`)).length;
  return { passed: count("passed"), failed: count("failed"), skipped: 0 };
}

/** Counts the cases of a JUnit report one by one: the totals in its head differ between writers. */
function countCases(xml: string): Counts {
  const cases = xml.match(/<testcase\b[^>]*?(?:\/>|>[\s\S]*?<\/testcase>)/g) ?? [];
  const failures = cases.filter((text) => /<(failure|error)\b/.test(text)).length;
  const skips = cases.filter((text) => /<skipped\b/.test(text)).length;
  return { passed: cases.length - failures - skips, failed: failures, skipped: skips };
}

function read(name: string): string {
  return readFileSync(join(folder, name), "utf8");
}
