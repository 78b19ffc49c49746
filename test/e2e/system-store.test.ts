/**
 * The client trusts the authorities of the operating system, and no variable adds to them. The test
 * gives the system another store, for one process alone.
 */
import { afterAll, expect, setDefaultTimeout, test } from "bun:test";
import { symlinkSync } from "node:fs";
import { dirname, join } from "node:path";
import { makeAuthority, writeCredential } from "../support/certificates.ts";
import { clientArgs, makeCredentialsFolder, type Running, startServer } from "../support/peers.ts";
import { type Ended, makeFolder, run, tlslp } from "../support/processes.ts";

setDefaultTimeout(120_000);

const credentials = await makeCredentialsFolder();
const folder = makeFolder();
const stranger = writeCredential(folder.path, "ca", await makeAuthority({ name: "stranger" }));
afterAll(() => {
  credentials[Symbol.dispose]();
  folder[Symbol.dispose]();
});

/** Makes a store of one authority for a process, and starts the process. */
const WITH_STORE =
  'mount -t tmpfs -o mode=755 tmpfs /etc/ssl && mkdir /etc/ssl/certs && cp "$0" /etc/ssl/certs/ca-certificates.crt && exec "$@"';
/** Some systems allow no mounts of one's own. */
const CAN_MOUNT = Bun.spawnSync(withStore(credentials.ca.cert, ["true"])).success;
if (!CAN_MOUNT) {
  process.stderr.write("not tested: a store of the system, which needs mount\n");
}

function withStore(authority: string, command: readonly string[]): string[] {
  return ["unshare", "-rm", "sh", "-c", WITH_STORE, authority, ...command];
}

function serve(): Promise<Running> {
  return startServer(credentials, "mutual", ["--bits", "4"]);
}

/** The client's command line, with the system's store in the place of the authority's file. */
function client(port: number): readonly string[] {
  const files = { ...credentials, ca: { ...credentials.ca, cert: "system" } };
  return [tlslp(), ...clientArgs(files, "mutual", port, ["--log-level", "error"])];
}

test.skipIf(!CAN_MOUNT)("a server of an authority of the system is trusted", async () => {
  await using server = await serve();

  const ended = await run(withStore(credentials.ca.cert, client(server.port)));

  expect(ended).toMatchObject({ code: 0, stdout: "OK 8 answered\n", stderr: "" });
});

test.skipIf(!CAN_MOUNT)("a server of another authority is refused", async () => {
  await using server = await serve();

  expectRefusal(await run(withStore(stranger.cert, client(server.port))));
});

test.skipIf(!CAN_MOUNT)("a system without a store is told apart", async () => {
  const hidden =
    'for d in ssl pki; do test ! -d /etc/$d || mount -t tmpfs tmpfs /etc/$d; done; "$@"';

  const { code, stderr } = await run(["unshare", "-rm", "sh", "-c", hidden, "sh", ...client(1)]);

  expect(code).toBe(2);
  expect(stderr).toStartWith(
    "tlslp: error: the system's certificate store is in none of the places that are known here\n",
  );
});

const ours = credentials.ca.cert;
const VARIABLES = {
  SSL_CERT_FILE: ours,
  SSL_CERT_DIR: dirname(ours),
  NODE_EXTRA_CA_CERTS: ours,
};

for (const [name, value] of Object.entries(VARIABLES)) {
  test.skipIf(!CAN_MOUNT)(`${name} adds nothing to the store`, async () => {
    await using server = await serve();
    await linkByHash();
    const env = { [name]: value, NODE_USE_SYSTEM_CA: "1" };

    expectRefusal(await run(withStore(stranger.cert, client(server.port)), { env }));
  });
}

/** Gives the authority the name that OpenSSL expects in a folder of authorities. */
async function linkByHash(): Promise<void> {
  const { stdout } = await run(["openssl", "x509", "-hash", "-noout", "-in", ours]);
  try {
    symlinkSync("ca-cert.pem", join(dirname(ours), `${stdout.trim()}.0`));
  } catch {
    // Another test has made the link.
  }
}

function expectRefusal({ code, stderr }: Ended): void {
  expect(code).toBe(3);
  expect(stderr).toContain("not signed by an authority that we trust");
}
