/**
 * install.sh, run by dash against a server on this machine.
 */
import { afterAll, describe, expect, test } from "bun:test";
import { chmodSync, existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { makeFolder, REPOSITORY, run, start } from "../../support/processes.ts";
import { type Answer, makeRelease, serveRelease, VERSION } from "../../support/releases.ts";

const TARGETS = ["linux-x64", "linux-x64-musl", "linux-arm64", "darwin-arm64"];

const folder = makeFolder();
const release = makeRelease(folder.path, TARGETS);
afterAll(() => folder[Symbol.dispose]());

interface Installation {
  readonly args?: readonly string[];
  readonly answer?: Answer;
  /** Programs that stand in for those of the system: name and shell script. */
  readonly programs?: Readonly<Record<string, string>>;
  /** Whether only `programs` and the tools that a script cannot do without are in PATH. */
  readonly isBare?: boolean;
  /** The file at the place of the executable before. */
  readonly before?: string;
}

const LINUX_X64 = { uname: "case $1 in -m) echo x86_64 ;; *) echo Linux ;; esac" };
const TOOLS = "sh cat cut head mkdir mktemp rm mv tar xz chmod";

async function install(installation: Installation = {}) {
  const { args = [], answer, programs = LINUX_X64, isBare = false, before } = installation;
  using home = makeFolder();
  const directory = join(home.path, ".local/bin");
  if (before !== undefined) {
    mkdirSync(directory, { recursive: true });
    writeFileSync(join(directory, "tlslp"), before);
  }
  const path = makePrograms(join(home.path, "programs"), programs, isBare);
  using server = serveRelease(release, answer);
  const { code, stdout, stderr } = await run(
    ["/bin/dash", join(REPOSITORY, "install.sh"), ...args],
    {
      cwd: home.path,
      env: { HOME: home.path, PATH: path, TLSLP_INSTALL_URL: server.url },
    },
  );
  const installed = join(directory, "tlslp");
  const content = existsSync(installed) ? await Bun.file(installed).text() : undefined;
  const version = content?.startsWith("#!")
    ? (await run([installed, "--version"])).stdout
    : content;
  const left = existsSync(directory) ? readdirSync(directory) : [];
  return { code, stdout, stderr, version, left, requested: server.requested };
}

function makePrograms(
  place: string,
  programs: Readonly<Record<string, string>>,
  isBare: boolean,
): string {
  mkdirSync(place);
  for (const [name, script] of Object.entries(programs)) {
    writeFileSync(join(place, name), `#!/bin/sh\n${script}\n`);
    chmodSync(join(place, name), 0o755);
  }
  if (isBare) {
    Bun.spawnSync(["sh", "-c", `for t in ${TOOLS}; do ln -s "$(command -v $t)" "${place}"; done`]);
    return place;
  }
  return `${place}:${process.env["PATH"]}`;
}

function link(tool: string): string {
  return `exec ${Bun.which(tool)} "$@"`;
}

test("the newest release is installed, and PATH is explained", async () => {
  const { code, stdout, stderr, version, left, requested } = await install();

  expect(code).toBe(0);
  expect(version).toBe(`tlslp ${VERSION} (linux-x64)\n`);
  expect(left).toEqual(["tlslp"]);
  expect(stdout).toBe("");
  expect(stderr).toContain(`/.local/bin/tlslp: tlslp ${VERSION} (linux-x64)\n`);
  expect(stderr).toMatch(/add this line to .*\n {2}export PATH="\/.*\/\.local\/bin:\$PATH"\n$/);
  expect(requested).toEqual([
    "/latest/download/SHA256SUMS",
    `/latest/download/tlslp-${VERSION}-linux-x64.tar.xz`,
  ]);
});

test("a version is taken from its own release", async () => {
  const { version, requested } = await install({ args: ["--version", `v${VERSION}`] });

  expect(version).toBe(`tlslp ${VERSION} (linux-x64)\n`);
  expect(requested.every((path) => path.startsWith(`/download/v${VERSION}/`))).toBeTrue();
});

test("another version replaces the one that is there", async () => {
  expect(await install({ before: "old" })).toMatchObject({
    code: 0,
    version: `tlslp ${VERSION} (linux-x64)\n`,
    left: ["tlslp"],
  });
});

test("wget serves where there is no curl, and openssl where there is no sha256sum", async () => {
  const programs = { ...LINUX_X64, wget: link("wget"), openssl: link("openssl") };
  expect(await install({ programs, isBare: true })).toMatchObject({
    code: 0,
    version: `tlslp ${VERSION} (linux-x64)\n`,
  });
});

test("another folder may be given, relative to the working folder", async () => {
  const { code, stderr, left } = await install({ args: ["--dir=some where"] });

  expect(code).toBe(0);
  expect(left).toEqual([]);
  expect(stderr).toMatch(/installed \/.*\/some where\/tlslp: /);
});

describe("the archive is that of the system:", () => {
  const uname = (system: string, processor: string) =>
    `case $1 in -m) echo ${processor} ;; *) echo ${system} ;; esac`;
  const systems: readonly [string, Readonly<Record<string, string>>][] = [
    ["linux-arm64", { uname: uname("Linux", "aarch64") }],
    [
      "linux-x64-musl",
      {
        uname: uname("Linux", "x86_64"),
        getconf: "exit 1",
        ldd: "echo 'musl libc (x86_64)' >&2; exit 1",
      },
    ],
    ["darwin-arm64", { uname: uname("Darwin", "arm64"), sysctl: "exit 1" }],
    // Rosetta.
    ["darwin-arm64", { uname: uname("Darwin", "x86_64"), sysctl: "echo 1" }],
  ];
  for (const [target, programs] of systems) {
    test(`${target} (${Object.keys(programs)})`, async () => {
      expect((await install({ programs })).version).toBe(`tlslp ${VERSION} (${target})\n`);
    });
  }

  test("none for another system", async () => {
    const { code, stderr, requested } = await install({
      programs: { uname: uname("FreeBSD", "amd64") },
    });
    expect([code, requested]).toEqual([1, []]);
    expect(stderr).toContain("there is no tlslp for FreeBSD");
  });
});

describe("nothing changes, and nothing is left over, after", () => {
  const archive = (response: () => Response): Answer => {
    return (name) => (name.endsWith(".tar.xz") ? response() : undefined);
  };
  const whole = () => Bun.file(join(release, `tlslp-${VERSION}-linux-x64.tar.xz`));
  const cases: readonly [string, Installation, RegExp][] = [
    [
      "a wrong archive",
      { answer: archive(() => new Response("wrong")) },
      /the checksum of .* is wrong/,
    ],
    [
      "an archive that was cut off",
      { answer: archive(() => new Response(whole().slice(0, 100))) },
      /the checksum of .* is wrong/,
    ],
    [
      "a connection that was cut off",
      { answer: archive(() => new Response(cutOff())) },
      /cannot download http:.*\.tar\.xz/,
    ],
    ["a missing version", { args: ["--version", "9.9.9"] }, /hint: is there a version 9\.9\.9\?/],
    [
      "checksums without this system's archive",
      {
        answer: (name) =>
          name === "SHA256SUMS" ? new Response(`${"0".repeat(64)}  x\n`) : undefined,
      },
      /names no archive for linux-x64/,
    ],
    [
      "checksums with a path",
      {
        answer: (name) =>
          name === "SHA256SUMS"
            ? new Response(`${"0".repeat(64)}  ../tlslp-1-linux-x64.tar.xz\n`)
            : undefined,
      },
      /names no archive for linux-x64/,
    ],
    [
      "a system that cannot check",
      { programs: { ...LINUX_X64, curl: link("curl") }, isBare: true },
      /cannot be checked: no sha256sum, shasum or openssl/,
    ],
    ["a system that cannot download", { isBare: true }, /neither curl nor wget/],
  ];
  for (const [title, installation, message] of cases) {
    test(title, async () => {
      const { code, stderr, version, left } = await install({ ...installation, before: "old" });

      expect(stderr).toMatch(message);
      expect([code, version, left]).toEqual([1, "old", ["tlslp"]]);
    });
  }

  test("an interruption", async () => {
    using home = makeFolder();
    const asked = Promise.withResolvers<void>();
    using server = serveRelease(release, (name) => {
      if (!name.endsWith(".tar.xz")) {
        return undefined;
      }
      asked.resolve();
      return new Response(new ReadableStream());
    });
    await using program = start(["setsid", "/bin/dash", join(REPOSITORY, "install.sh")], {
      env: {
        HOME: home.path,
        PATH: makePrograms(join(home.path, "programs"), LINUX_X64, false),
        TLSLP_INSTALL_URL: server.url,
      },
    });
    await asked.promise;
    // The whole group, as a terminal does.
    process.kill(-program.pid, "SIGINT");
    const { code } = await program.ended();

    expect(code).toBe(130);
    expect(readdirSync(join(home.path, ".local/bin"))).toEqual([]);
  });
});

/** A body that ends without its last chunk. */
function cutOff(): ReadableStream<Uint8Array> {
  return new ReadableStream({
    async pull(controller) {
      controller.enqueue(new Uint8Array(100));
      await Bun.sleep(10);
      controller.error();
    },
  });
}

test("--uninstall removes the executable", async () => {
  expect(await install({ args: ["--uninstall"], before: "old" })).toMatchObject({
    code: 0,
    left: [],
    requested: [],
  });
  expect(await install({ args: ["--uninstall"] })).toMatchObject({ code: 1, requested: [] });
});

test("wrong arguments are usage errors, before anything happens", async () => {
  for (const args of [["--frobnicate"], ["--version"], ["--dir", ""], ["--version", "a/b"]]) {
    expect(await install({ args })).toMatchObject({ code: 2, left: [], requested: [] });
  }
});

test("a mirror must be reached by https", async () => {
  for (const url of ["http://example.org", "http://127.0.0.1:1@example.org", "ftp://example.org"]) {
    const { code, stderr } = await run(["/bin/dash", join(REPOSITORY, "install.sh")], {
      env: { TLSLP_INSTALL_URL: url },
    });
    expect([code, stderr]).toEqual([1, expect.stringContaining("error: TLSLP_INSTALL_URL")]);
  }
});

test("half a script does nothing", async () => {
  const script = await Bun.file(join(REPOSITORY, "install.sh")).text();
  const half = script.slice(0, script.lastIndexOf("main"));
  const { code, stdout, stderr } = await run(["/bin/dash", "-c", half]);
  expect([code, stdout, stderr]).toEqual([0, "", ""]);
});
