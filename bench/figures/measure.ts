/**
 * Measures whole searches with `tlslp bench` and writes the results into a folder: times.json,
 * threads.json and machine.json.
 */
import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { availableParallelism, cpus, loadavg } from "node:os";
import { join } from "node:path";
import type { Machine, Survey, Times } from "./measured.ts";

const BENCH = ["src/main.ts", "bench", "--json"];
const RUNS: readonly (readonly [bits: string, runs: string])[] = [
  ["16,20,24", "100"],
  ["28", "10"],
];

/** Enough that other programs leave at least one round alone. */
const THREADS_ROUNDS = 8;

const [folder = "."] = process.argv.slice(2);
const rows = RUNS.flatMap(([bits, runs]) => (bench("--bits", bits, "--runs", runs) as Times).rows);
write("times.json", { rows });
write("threads.json", measureThreads());
write("machine.json", describeMachine());

/** Returns the best candidates per second of wall time for each number of threads. */
function measureThreads(): readonly number[] {
  const fastest = new Array<number>(availableParallelism()).fill(0);
  for (let round = 0; round < THREADS_ROUNDS; round += 1) {
    for (const [index, rate] of fastest.entries()) {
      fastest[index] = Math.max(rate, rateWith(index + 1));
    }
  }
  return fastest;
}

/** Measures the kernel of a long search for a fixed time: the time until a solution is luck. */
function rateWith(threads: number): number {
  const { auto, kernels } = bench("--kernels", "--threads", String(threads)) as Survey;
  const chosen = kernels.find(({ name }) => name === auto);
  if (chosen === undefined) {
    throw new Error("tlslp bench did not measure the kernel that it chose");
  }
  return chosen.hashes_per_second_all_threads;
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

/** Runs `tlslp bench` and returns its JSON. The caller knows the type that belongs to the flags. */
function bench(...flags: readonly string[]): unknown {
  return JSON.parse(execFileSync(process.execPath, [...BENCH, ...flags], { encoding: "utf8" }));
}

function firstLine(program: string, argument: string): string {
  return execFileSync(program, [argument], { encoding: "utf8" }).split("\n")[0] ?? "";
}

function write(name: string, value: unknown): void {
  writeFileSync(join(folder, name), `${JSON.stringify(value, null, 2)}\n`);
}
