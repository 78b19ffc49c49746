/**
 * The package and the C library, installed for the programs in the documentation.
 */
import { mkdirSync, symlinkSync } from "node:fs";
import { dirname, join } from "node:path";
import { dependencies } from "../../../package.json" with { type: "json" };
import { REPOSITORY, run } from "../processes.ts";

/** Installs the package as `scripts/pack` and `bun add` do, but without the network. */
export async function installPackage(folder: string): Promise<void> {
  const place = join(folder, "node_modules/tlslp");
  mkdirSync(place, { recursive: true });
  await succeed([process.execPath, "run", "tsc", "-p", "tsconfig.package.json"]);
  await succeed([process.execPath, "pm", "pack", "--quiet", "--destination", folder]);
  const [tarball = ""] = new Bun.Glob("tlslp-*.tgz").scanSync(folder);
  await succeed(["tar", "-xzf", join(folder, tarball), "-C", place, "--strip-components=1"]);
  for (const name of [...Object.keys(dependencies), "@types"]) {
    const link = join(folder, "node_modules", name);
    mkdirSync(dirname(link), { recursive: true });
    symlinkSync(join(REPOSITORY, "node_modules", name), link);
  }
}

/** Installs the C library, and returns the variables with which compilers and programs find it. */
export async function installLibrary(prefix: string): Promise<Readonly<Record<string, string>>> {
  const build = join(REPOSITORY, "build/native/release");
  await succeed(["cmake", "--install", build, "--prefix", prefix]);
  const [found = ""] = new Bun.Glob("**/tlslp-search.pc").scanSync(prefix);
  const modules = join(prefix, dirname(found));
  return { PKG_CONFIG_PATH: modules, LD_LIBRARY_PATH: dirname(modules) };
}

async function succeed(command: readonly string[]): Promise<void> {
  const { code, stdout, stderr } = await run(command, { cwd: REPOSITORY });
  if (code !== 0) {
    throw new Error(`${command.join(" ")} failed:\n${stdout}${stderr}`);
  }
}
