/**
 * Renewals: from an old authority, and renewals that are killed between two steps, after which the
 * old pair or the new one is used, and no mixture.
 */
import { expect, setDefaultTimeout, test } from "bun:test";
import { X509Certificate } from "node:crypto";
import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { readIdentity } from "../../src/certificates/identity.ts";
import { isFault } from "../../src/fault/fault.ts";
import { makeCredentials, writeCredential } from "../support/certificates.ts";
import { makeFolder, run, runTlslp, startTlslp, tlslp } from "../support/processes.ts";

setDefaultTimeout(120_000);

const canTrace =
  Bun.which("strace") !== null &&
  Bun.spawnSync(["strace", "-qq", "-o", "/dev/null", "true"]).exitCode === 0;

test("an authority of the version before, which ends with its leaves, still serves and renews", async () => {
  using folder = makeFolder();
  const options = { cwd: folder.path };
  const certs = join(folder.path, "certs");
  mkdirSync(certs, { mode: 0o700 });
  const { authority, server, client } = await makeCredentials();
  for (const [name, credential] of Object.entries({ ca: authority, server, client })) {
    writeCredential(certs, name, credential);
  }
  const read = (name: string) => new X509Certificate(readFileSync(join(certs, name)));

  await expectSession(options);
  for (const end of ["server", "client"]) {
    const { code, stderr } = await runTlslp(["certs", "renew", end], options);
    expect(code).toBe(0);
    expect(stderr).toContain("the authority expires before --days have passed");
    await expectSession(options);
  }

  expect(read("server-cert.pem").subjectAltName).toBe(
    new X509Certificate(server.cert).subjectAltName,
  );
  expect(read("client-cert.pem").subject).toBe(new X509Certificate(client.cert).subject);
  expect(read("server-cert.pem").validTo).toBe(read("ca-cert.pem").validTo);
  const files = ["certs/server-cert.pem", "certs/client-cert.pem"];
  const verify = ["openssl", "verify", "-x509_strict", "-CAfile", "certs/ca-cert.pem", ...files];
  expect(await run(verify, options)).toMatchObject({ code: 0 });
});

/** Holds a session with the certificates of the folder. */
async function expectSession(options: { readonly cwd: string }): Promise<void> {
  const flags = ["--host", "127.0.0.1", "--port", "0", "--bits", "4", "--store", "none"];
  await using server = startTlslp(["server", ...flags], options);
  const [, port] = await server.stdout.next(/^listening on 127\.0\.0\.1:(\d+)$/);
  const { stdout } = await runTlslp(
    ["client", "--host", "127.0.0.1", "--ports", `${port}`],
    options,
  );
  expect(stdout).toBe("OK 8 answered\n");
}

/** The system calls that put the two files in their places: a link and a rename for each. */
const STEPS = [
  ["link,linkat", 1],
  ["rename,renameat,renameat2", 1],
  ["link,linkat", 2],
  ["rename,renameat,renameat2", 2],
] as const;

for (const [calls, time] of STEPS) {
  test.if(canTrace)(
    `a renewal that is killed at ${calls} ${time} leaves no pair to use by mistake`,
    async () => {
      using folder = makeFolder();
      const options = { cwd: folder.path };
      await runTlslp(["certs"], options);
      const certs = join(folder.path, "certs");
      const paths = [join(certs, "server-cert.pem"), join(certs, "server-key.pem")] as const;
      const before = paths.map((path) => readFileSync(path, "utf8"));

      const inject = `inject=${calls}:signal=KILL:when=${time}`;
      const trace = ["strace", "-f", "-qq", "-o", "/dev/null", "-e", inject];
      const killed = await run([...trace, tlslp(), "certs", "renew", "server"], options);

      expect(killed.code).not.toBe(0);
      expect(paths.map((path) => existsSync(path))).toEqual([true, true]);
      const isOld = paths.map((path, i) => readFileSync(path, "utf8") === before[i]);
      const isMixed = isOld[0] !== isOld[1];
      expect(refusalOf(...paths)).toBe(isMixed ? "keyMismatch" : undefined);

      // The same command again makes a pair.
      expect(await runTlslp(["certs", "renew", "server"], options)).toMatchObject({ code: 0 });
      expect(refusalOf(...paths)).toBeUndefined();
    },
  );
}

function refusalOf(cert: string, key: string): string | undefined {
  try {
    readIdentity(cert, key, "server");
    return undefined;
  } catch (thrown) {
    return isFault(thrown, "keyMismatch") ? thrown.code : String(thrown);
  }
}
