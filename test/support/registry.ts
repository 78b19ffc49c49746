/**
 * An npm registry on this machine, for the tarballs in a folder.
 */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

export interface Registry extends Disposable {
  readonly url: string;
}

export function serveRegistry(folder: string): Registry {
  const packages = new Map<string, object>();
  const server = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    fetch(request) {
      const path = decodeURIComponent(new URL(request.url).pathname.slice(1));
      if (path.endsWith(".tgz")) {
        return new Response(Bun.file(join(folder, path)));
      }
      const found = packages.get(path);
      return found === undefined ? new Response("{}", { status: 404 }) : Response.json(found);
    },
  });
  const url = `http://127.0.0.1:${server.port}`;
  for (const tarball of readdirSync(folder)) {
    const manifest = readManifest(join(folder, tarball));
    const bytes = readFileSync(join(folder, tarball));
    const integrity = `sha512-${Bun.SHA512.hash(bytes, "base64")}`;
    packages.set(manifest.name, {
      name: manifest.name,
      "dist-tags": { latest: manifest.version },
      versions: {
        [manifest.version]: { ...manifest, dist: { tarball: `${url}/${tarball}`, integrity } },
      },
    });
  }
  return { url, [Symbol.dispose]: () => void server.stop(true) };
}

function readManifest(tarball: string): { name: string; version: string } {
  const { stdout } = Bun.spawnSync(["tar", "-xzOf", tarball, "package/package.json"]);
  return JSON.parse(stdout.toString());
}
