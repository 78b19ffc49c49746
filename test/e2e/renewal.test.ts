/**
 * Renewals that are killed between two steps: the old pair or the new one is used, and no mixture.
 */
import { expect, setDefaultTimeout, test } from "bun:test";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { readIdentity } from "../../src/certificates/identity.ts";
import { isFault } from "../../src/fault/fault.ts";
import { makeFolder, run, runTlslp, tlslp } from "../support/processes.ts";

setDefaultTimeout(120_000);

const canTrace =
  Bun.which("strace") !== null &&
  Bun.spawnSync(["strace", "-qq", "-o", "/dev/null", "true"]).exitCode === 0;

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
