/**
 * The place where answers are kept: the URL of a store, and the default path.
 */
import { mkdirSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, isAbsolute, join } from "node:path";
import { Fault } from "../../fault/fault.ts";
import { unusableFault } from "../database/database.ts";

type StoreUrl =
  /** Answers are checked and forgotten. */
  | { readonly type: "none" }
  | { readonly type: "sqlite"; readonly path: string }
  | { readonly type: "postgres"; readonly url: string };

/** Parses `sqlite:PATH`, `postgres://USER@HOST/DATABASE` or `none`; throws a usage fault for another text. */
export function parseStoreUrl(text: string): StoreUrl {
  if (text === "none") {
    return { type: "none" };
  }
  const path = /^sqlite:(.+)$/s.exec(text)?.[1];
  // Two slashes would begin a host, which a file has not; three begin a path.
  if (
    path !== undefined &&
    !/^\/\/[^/]/.test(path) &&
    path !== ":memory:" &&
    !path.includes("\0")
  ) {
    return { type: "sqlite", path: path.replace(/^\/\/\//, "/") };
  }
  if (/^postgres(?:ql)?:\/\//.test(text) && isUrlOfDatabase(text)) {
    return { type: "postgres", url: text };
  }
  // A password may be anywhere in a text that breaks the syntax.
  throw new Fault("storeInvalid", { value: text.replace(/:.*[@?].*$/s, ":…") });
}

/** A `/` in a password ends the host, and leaves an `@` in the path. */
function isUrlOfDatabase(text: string): boolean {
  return URL.parse(text)?.pathname.includes("@") === false;
}

/** The default depends on the environment, the system and the user's home. */
interface Surroundings {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly platform: NodeJS.Platform;
  readonly home: string;
}

/** Returns the path of the default store, in the system's folder for the state of programs. */
export function defaultStorePath({ env, platform, home }: Surroundings = here()): string {
  if (platform === "win32") {
    return join(env["LOCALAPPDATA"] || join(home, "AppData", "Local"), "tlslp", FILE);
  }
  if (platform === "darwin") {
    return join(home, "Library", "Application Support", "tlslp", FILE);
  }
  const state = env["XDG_STATE_HOME"] ?? "";
  // The specification has relative paths ignored.
  return join(isAbsolute(state) ? state : join(home, ".local", "state"), "tlslp", FILE);
}

/** Makes the folder of the default store. Throws a usage fault where that fails. */
export function makeStateFolder(path: string): void {
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  } catch (cause) {
    throw unusableFault(`sqlite:${path}`, cause, true);
  }
}

const FILE = "intake.db";

function here(): Surroundings {
  return { env: process.env, platform: process.platform, home: homedir() };
}
