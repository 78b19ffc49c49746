/**
 * How this machine runs a target's program: natively, in the root of another system, or in an
 * emulator.
 */
import { existsSync } from "node:fs";
import { dirname, resolve } from "node:path";
import type { Target } from "../targets.ts";
import { Impossible, requireProgram } from "./check.ts";
import { glibcRoot, makeMuslRoot, processorOf, type Root } from "./roots.ts";
import { useWine } from "./wine.ts";

export interface Runner {
  /** For the table: "native", "qemu-aarch64, musl", "wine64". */
  readonly name: string;
  /** The program with what runs it, to put before the arguments. */
  readonly command: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  /** Why the program cannot run so. */
  readonly obstacle?: string;
}

/** Finds all ways to run an unpacked program. `scratch` is a folder for helpers. */
export async function findRunners(
  target: Target,
  folder: string,
  scratch: string,
): Promise<readonly Runner[]> {
  const program = resolve(folder, target.executable);
  const runners: Runner[] = [];
  if (isThisMachine(target)) {
    runners.push({ name: "native", command: [program], environment: {} });
  }
  for (const make of otherWays(target, program, scratch)) {
    runners.push(await orObstacle(make));
  }
  return runners;
}

type MakeRunner = () => Runner | Promise<Runner>;

function otherWays(target: Target, program: string, scratch: string): readonly MakeRunner[] {
  const [system, , libc] = target.name.split("-");
  if (system === "linux" && process.platform === "linux") {
    const inGlibc = () => runInRoot(target, glibcRoot(target), program, scratch);
    const inMusl = async () =>
      runInRoot(target, await makeMuslRoot(target, scratch), program, scratch);
    return isThisMachine(target) && libc === "musl" ? [] : [libc === "musl" ? inMusl : inGlibc];
  }
  if (target.name === "windows-x64" && process.platform === "linux") {
    return [() => useWine(program, scratch)];
  }
  return isThisMachine(target) ? [] : [noWay(target)];
}

function noWay({ name }: Target): MakeRunner {
  return () => {
    throw new Impossible(`no emulator for ${name} on this machine`);
  };
}

/** Runs the function. When this machine lacks something, the runner says so. */
async function orObstacle(make: MakeRunner): Promise<Runner> {
  try {
    return await make();
  } catch (thrown) {
    if (thrown instanceof Impossible) {
      return { name: "none", command: [], environment: {}, obstacle: thrown.message };
    }
    throw thrown;
  }
}

function isThisMachine({ name }: Target): boolean {
  const system = { linux: "linux", darwin: "darwin", win32: "windows" }[process.platform as string];
  const libc = process.platform === "linux" && isMusl() ? "-musl" : "";
  return name === `${system}-${process.arch}${libc}`;
}

function isMusl(): boolean {
  return existsSync("/etc/alpine-release");
}

/** Runs a program with the libraries of a root: in the root, or for another processor, emulated. */
function runInRoot(target: Target, root: Root, program: string, scratch: string): Runner {
  const { gnu } = processorOf(target);
  if (!target.name.startsWith(`linux-${process.arch}`)) {
    requireProgram(`qemu-${gnu}`, "qemu-user");
    const name = `qemu-${gnu}, ${root.title}`;
    return { name, command: [`qemu-${gnu}`, "-L", root.path, program], environment: {} };
  }
  requireProgram("bwrap", "bubblewrap");
  if (!Bun.spawnSync(["bwrap", "--ro-bind", "/", "/", "true"]).success) {
    throw new Impossible("bwrap may not make a root on this machine");
  }
  // Of this machine's files, the program sees those in the scratch folder alone.
  const command = [
    ...["bwrap", "--ro-bind", root.path, "/", "--dev", "/dev", "--proc", "/proc"],
    ...["--tmpfs", dirname(scratch), "--bind", scratch, scratch, "--die-with-parent", "--"],
  ];
  return { name: root.title, command: [...command, program], environment: {} };
}
