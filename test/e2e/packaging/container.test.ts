/**
 * The image without an engine: the root that the Dockerfile makes, read-only, with only the C
 * library of its base, and the user and variables of the image.
 */
import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { chownSync, cpSync, mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { freePort } from "../../support/free-port.ts";
import { makeFolder, REPOSITORY, run, start, tlslp } from "../../support/processes.ts";
import { makeRelease } from "../../support/releases.ts";

setDefaultTimeout(120_000);

const USER = 65532;
const CAN_MOUNT =
  process.getuid?.() === 0 && Bun.spawnSync(["unshare", "--mount", "true"]).exitCode === 0;

const folder = makeFolder();
const release = makeRelease(join(folder.path, "made"), ["linux-x64", "linux-arm64"]);
const image = join(folder.path, "image");
const root = join(image, "system");
const data = join(folder.path, "data");
const dockerfile = readFileSync(join(REPOSITORY, "Dockerfile"), "utf8");

beforeAll(async () => {
  const { code, stderr } = await makeRoot(process.arch === "x64" ? "amd64" : "arm64", image);
  expect([code, stderr]).toEqual([0, ""]);
});
afterAll(() => folder[Symbol.dispose]());

function makeRoot(architecture: string, output: string) {
  const script = join(REPOSITORY, "packaging/container/make-root");
  return run([script, release, architecture, output]);
}

test("the image gets the executable, the licences, and a folder for its user alone", async () => {
  expect(statSync(join(root, "usr/bin/tlslp")).mode & 0o777).toBe(0o755);
  for (const name of ["LICENSE", "THIRD-PARTY-LICENSES"]) {
    expect(statSync(join(root, "usr/share/doc/tlslp", name)).mode & 0o777).toBe(0o644);
  }
  expect(statSync(join(image, "user/data")).mode & 0o777).toBe(0o700);
  expect((await run([join(root, "usr/bin/tlslp"), "--version"])).code).toBe(0);
});

test("an archive with another checksum, or for another processor, makes no image", async () => {
  const { code, stderr } = await makeRoot("riscv64", join(folder.path, "none"));
  expect([code, stderr]).toEqual([1, expect.stringContaining("there is no image for riscv64")]);

  const spoilt = join(folder.path, "spoilt");
  cpSync(release, spoilt, { recursive: true });
  writeFileSync(join(spoilt, "tlslp-1.2.3-linux-x64.tar.xz"), "something else");
  const script = join(REPOSITORY, "packaging/container/make-root");
  expect((await run([script, spoilt, "amd64", join(folder.path, "none")])).code).not.toBe(0);
});

test.skipIf(!CAN_MOUNT)("server, client and health check run in a read-only root", async () => {
  await completeRoot();
  const metrics = await freePort();
  const variables = { ...imageVariables(), TLSLP_PORT: "0", TLSLP_METRICS: `127.0.0.1:${metrics}` };

  const certs = await run(inImage("certs", "--hosts", "localhost"));
  expect([certs.code, certs.stderr]).toEqual([0, ""]);
  expect((await run(inImage("health"), { env: variables })).code).toBe(3);

  await using server = start(inImage("server", "--bits", "8"), { env: variables });
  const [, port = ""] = await server.stdout.next(/^listening on 0\.0\.0\.0:(\d+)$/);
  expect(await run(inImage("health"), { env: variables })).toMatchObject({
    stdout: "ready\n",
    stderr: "",
  });
  const client = await run(inImage("client", "--host", "localhost", "--ports", port), {
    env: variables,
  });
  expect(client.stdout).toBe("OK 8 answered\n");

  server.kill("SIGTERM");
  expect((await server.ended()).code).toBe(0);
  expect(statSync(join(data, "certs/server-key.pem")).uid).toBe(USER);
  // Answers are in the volume too.
  expect(statSync(join(data, "intake.db")).uid).toBe(USER);
});

/** Adds to the root what its base has, and the real executable. */
async function completeRoot(): Promise<void> {
  cpSync(tlslp(), join(root, "usr/bin/tlslp"));
  const { stdout } = await run(["ldd", tlslp()]);
  for (const [library] of stdout.matchAll(/\/\S+\.so\S*/g)) {
    cpSync(library, join(root, library), { dereference: true });
  }
  for (const name of ["etc", "proc", "dev", "data"]) {
    mkdirSync(join(root, name));
  }
  writeFileSync(join(root, "etc/hosts"), "127.0.0.1 localhost\n");
  mkdirSync(data, { mode: 0o700 });
  chownSync(data, USER, USER);
}

/** Returns the command that runs tlslp as an engine with a read-only root would. */
function inImage(...args: readonly string[]): readonly string[] {
  const script = `
    mount --bind "$1" "$1"
    mount -o remount,bind,ro "$1"
    mount -t proc proc "$1/proc"
    mount --bind /dev "$1/dev"
    mount --bind "$2" "$1/data"
    root=$1
    shift 2
    exec unshare --root="$root" --wd=/data --setgid ${USER} --setuid ${USER} /usr/bin/tlslp "$@"`;
  return ["unshare", "--mount", "sh", "-euc", script, "sh", root, data, ...args];
}

/** Returns the variables that the image sets. */
function imageVariables(): Readonly<Record<string, string>> {
  const [, text = ""] = /^ENV (.*)$/m.exec(dockerfile) ?? [];
  return Object.fromEntries(text.split(" ").map((pair) => pair.split("=")));
}
