/**
 * The built web site, served on this machine, and its pages in a browser.
 */
import { existsSync, statSync } from "node:fs";
import { join } from "node:path";
import { REPOSITORY } from "./processes.ts";

/** The path of the site on its host. */
export const BASE = "/tlslp/";

const FOLDER = join(REPOSITORY, "build/site");

export interface Site extends Disposable {
  readonly origin: string;
}

/** Builds the site, with its references; throws with the output if anything warns. */
export async function buildSite(): Promise<void> {
  const child = Bun.spawn(["scripts/site"], { cwd: REPOSITORY, stdout: "pipe", stderr: "pipe" });
  const [code, ...output] = await Promise.all([
    child.exited,
    child.stdout.text(),
    child.stderr.text(),
  ]);
  if (code !== 0) {
    throw new Error(`scripts/site failed:\n${output.join("")}`);
  }
}

/** Serves the site as GitHub Pages does: a path without an ending is a page. */
export function serveSite(): Site {
  const server = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    fetch(request) {
      const file = fileOf(new URL(request.url).pathname);
      return file === undefined ? new Response("", { status: 404 }) : new Response(Bun.file(file));
    },
  });
  return { origin: server.url.origin, [Symbol.dispose]: () => void server.stop(true) };
}

/** Returns the file of a path of the site, if there is one. */
export function fileOf(pathname: string): string | undefined {
  const path = join(FOLDER, decodeURIComponent(pathname).replace(BASE, ""));
  return [path, `${path}.html`, join(path, "index.html")].find(
    (each) => existsSync(each) && statSync(each).isFile(),
  );
}
