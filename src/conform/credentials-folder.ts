/**
 * Certificates for a client under test, in a private folder that lasts as long as the test.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { writeCredentials } from "../certificates/credentials.ts";
import { parseIdentity } from "../certificates/identity.ts";
import { makeCredentials } from "../certificates/make-credentials.ts";
import type { ClientTarget } from "./check-client.ts";
import { HOST } from "./listener.ts";

/** Calls `use` with new certificates and their files, and then removes the files. */
export async function withCredentials(
  use: (credentials: Pick<ClientTarget, "tls" | "files">) => Promise<void>,
): Promise<void> {
  const credentials = await makeCredentials([HOST, "localhost"], 1);
  // Only its owner can enter a folder of this function.
  const dir = mkdtempSync(join(tmpdir(), "tlslp-conform-"));
  const remove = () => rmSync(dir, { recursive: true, force: true });
  process.on("exit", remove);
  try {
    writeCredentials(dir, credentials);
    const { ca, server } = credentials;
    await use({
      tls: { ...parseIdentity(server, "server"), ca: ca.cert },
      files: {
        dir,
        ca: join(dir, "ca-cert.pem"),
        cert: join(dir, "client-cert.pem"),
        key: join(dir, "client-key.pem"),
      },
    });
  } finally {
    process.off("exit", remove);
    remove();
  }
}
