/**
 * Measures whole searches, as `tlslp bench` does, and writes what came of it into a folder:
 * times.json, threads.json and machine.json.
 */
import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { availableParallelism, cpus, loadavg } from "node:os";
import { join } from "node:path";
import type { Machine, Times } from "./measured.ts";

const BENCH = ["src/main.ts", "bench", "--json"];
const RUNS: readonly (readonly [bits: string, runs: string])[] = [
  ["16,20,24", "100"],
  ["28", "10"],
];

// Searches so long that their beginning and end are no matter, in so many rounds that one is quiet.
const THREADS_BITS = 27;
const THREADS_RUNS = 4;
const THREADS_ROUNDS = 8;

const [folder = "."] = process.argv.slice(2);
const rows = RUNS.flatMap(([bits, runs]) => bench("--bits", bits, "--runs", runs).rows);
write("times.json", { rows });
write("threads.json", measureThreads());
write("machine.json", describeMachine());

/** Candidates per second with each number of threads, by the clock; the best of some rounds. */
function measureThreads(): readonly number[] {
  const fastest = new Array<number>(availableParallelism()).fill(0);
  for (let round = 0; round < THREADS_ROUNDS; round += 1) {
    for (const [index, rate] of fastest.entries()) {
      fastest[index] = Math.max(rate, rateWith(index + 1));
    }
  }
  return fastest;
}

function rateWith(threads: number): number {
  const flags = ["--bits", THREADS_BITS, "--runs", THREADS_RUNS, "--threads", threads].map(String);
  const [row] = bench(...flags).rows;
  if (row === undefined) {
    throw new Error("tlslp bench measured nothing");
  }
  return 2 ** THREADS_BITS / row.expected;
}

function describeMachine(): Machine {
  return {
    model: cpus()[0]?.model.trim() ?? "unknown",
    processors: availableParallelism(),
    compiler: firstLine("c++", "--version"),
    load: loadavg()[0] ?? 0,
    openssl: firstLine("openssl", "version").split(" ").slice(0, 2).join(" "),
  };
}

function bench(...flags: readonly string[]): Times {
  return JSON.parse(execFileSync(process.execPath, [...BENCH, ...flags], { encoding: "utf8" }));
}

function firstLine(program: string, argument: string): string {
  return execFileSync(program, [argument], { encoding: "utf8" }).split("\n")[0] ?? "";
}

function write(name: string, value: unknown): void {
  writeFileSync(join(folder, name), `${JSON.stringify(value, null, 2)}\n`);
}
