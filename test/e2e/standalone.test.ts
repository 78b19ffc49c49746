/**
 * The executable needs no other file and leaves none, and no file in the working directory or
 * TMPDIR configures it or runs in it.
 */
import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import {
  chmodSync,
  chownSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import {
  libraryThatMarks,
  PLANTED_LIBRARIES,
  plantLibrary,
  plantScripts,
} from "../../packaging/archives/checks/plants.ts";
import { HOST } from "../support/peers.ts";
import {
  makeFolder,
  type ProgramOptions,
  REPOSITORY,
  run,
  start,
  tlslp,
} from "../support/processes.ts";

setDefaultTimeout(120_000);

/** The user for the executable when the tests run as root, because root ignores permissions. */
const UNPRIVILEGED_USER = 65534;
const isRoot = process.getuid?.() === 0;
const AS_UNPRIVILEGED = isRoot
  ? ["setpriv", `--reuid=${UNPRIVILEGED_USER}`, `--regid=${UNPRIVILEGED_USER}`, "--clear-groups"]
  : [];

const CREDENTIALS = [
  ...["ca-cert.pem", "ca-key.pem", "client-cert.pem", "client-key.pem"],
  ...["receipt-key.pem", "receipt-pub.pem", "server-cert.pem", "server-key.pem"],
];

const place = makeFolder();
const executable = join(place.path, "tlslp");
afterAll(() => place[Symbol.dispose]());
beforeAll(() => {
  chmodSync(place.path, 0o755);
  copyFileSync(tlslp(), executable);
  chmodSync(executable, 0o755);
});

describe("the executable alone in a folder does its job", () => {
  test("as the user of the tests, and leaves only the requested files", async () => {
    using work = makeWorkFolders();

    await doEverything({ ...work, as: [] });

    expect(list(work.cwd)).toEqual(["certs"]);
    expect(list(join(work.cwd, "certs"))).toEqual(CREDENTIALS);
    expect([list(work.home), list(work.tmp)]).toEqual([[], []]);
    expect(list(place.path)).toEqual(["tlslp"]);
  });

  test("as a user who owns nothing but the working directory", async () => {
    using work = makeWorkFolders();

    await doEverything({ ...work, as: AS_UNPRIVILEGED });

    expect(list(work.cwd)).toEqual(["certs"]);
    expect([list(work.home), list(work.tmp)]).toEqual([[], []]);
  });

  test("without HOME and TMPDIR", async () => {
    using work = makeWorkFolders();
    const env = { HOME: undefined, TMPDIR: undefined };

    await doEverything({ ...work, env, as: AS_UNPRIVILEGED });

    expect(list(work.cwd)).toEqual(["certs"]);
  });

  test("with a HOME and a TMPDIR that do not exist, and makes neither", async () => {
    using work = makeWorkFolders();
    const env = { HOME: join(work.cwd, "no-home"), TMPDIR: join(work.cwd, "no-tmp") };

    await doEverything({ ...work, env, as: AS_UNPRIVILEGED });

    expect(list(work.cwd)).toEqual(["certs"]);
  });

  test("with a HOME and a TMPDIR that cannot be written to", async () => {
    using work = makeWorkFolders();
    chmodSync(work.home, 0o555);
    chmodSync(work.tmp, 0o555);

    await doEverything({ ...work, as: AS_UNPRIVILEGED });

    expect([list(work.home), list(work.tmp)]).toEqual([[], []]);
  });

  test("in a working directory that cannot be written to", async () => {
    using work = makeWorkFolders();
    await makeCertificates({ ...work, as: AS_UNPRIVILEGED });
    chmodSync(work.cwd, 0o555);

    await serveOneSession({ ...work, as: AS_UNPRIVILEGED });
    await solveSomething({ ...work, as: AS_UNPRIVILEGED });

    expect(list(work.cwd)).toEqual(["certs"]);
  });

  test("except for certificates in such a directory, where it makes none", async () => {
    using work = makeWorkFolders();
    chmodSync(work.cwd, 0o555);

    const { code, stderr } = await run([...AS_UNPRIVILEGED, executable, "certs"], work);

    expect(stderr).toMatch(/^tlslp: error: .*cannot write/m);
    expect(code).toBe(2);
    expect(list(work.cwd)).toEqual([]);
  });
});

const compiler = Bun.which("cc") ?? Bun.which("gcc") ?? Bun.which("clang");
if (compiler === null) {
  process.stderr.write("skipped: planted libraries and sandboxes, which need a C compiler\n");
}

describe.skipIf(compiler === null)("without anonymous memory", () => {
  const tools = makeFolder();
  const sandbox = join(tools.path, "without-memfd");
  afterAll(() => tools[Symbol.dispose]());
  beforeAll(async () => {
    chmodSync(tools.path, 0o755);
    const source = join(REPOSITORY, "test/support/without-memfd.c");
    const { stderr } = await run([`${compiler}`, "-Wall", "-Wextra", "-o", sandbox, source]);
    expect(stderr).toBe("");
  });

  test("a search uses a folder in HOME, and removes it afterwards", async () => {
    using work = makeWorkFolders();

    await solveSomething({ ...work, as: [...AS_UNPRIVILEGED, sandbox] });

    expect(list(join(work.home, ".cache", "tlslp"))).toEqual([]);
    expect([list(work.cwd), list(work.tmp)]).toEqual([[], []]);
  });

  test("and without a writable HOME, a search fails with the reason", async () => {
    using work = makeWorkFolders();
    chmodSync(work.home, 0o555);

    const command = [...AS_UNPRIVILEGED, sandbox, executable, "solve", "token", "16"];
    const { code, stdout, stderr } = await run(command, work);

    expect(stderr).toMatch(/^tlslp: error: cannot load the search library: EACCES: .*\n$/);
    expect([code, stdout]).toEqual([1, ""]);
  });
});

describe("files planted in the working directory and in TMPDIR", () => {
  test.skipIf(compiler === null)("are not loaded as libraries", async () => {
    using work = makeWorkFolders();
    const marker = join(work.home, "marker");
    const library = await compilePlantedLibrary(`${compiler}`, work.home, marker);
    for (const folder of [work.cwd, work.tmp]) {
      plantLibrary(folder, library);
    }
    // Check that the planted library works: otherwise the test would prove nothing.
    await run(["sh", "-c", "true"], { env: { LD_PRELOAD: library } });
    expect(existsSync(marker)).toBe(true);
    rmSync(marker);

    await doEverything({ ...work, as: [] });

    expect(existsSync(marker)).toBe(false);
    expect(list(work.tmp)).toEqual([...PLANTED_LIBRARIES].sort());
  });

  test("are not run as scripts, nor read as configuration", async () => {
    using work = makeWorkFolders();
    const marker = join(work.home, "marker");
    for (const folder of [work.cwd, work.tmp]) {
      plantScripts(folder, marker);
    }

    await doEverything({ ...work, as: [] });

    expect(existsSync(marker)).toBe(false);
  });
});

interface WorkFolders extends Disposable {
  readonly cwd: string;
  readonly home: string;
  readonly tmp: string;
  readonly env: NonNullable<ProgramOptions["env"]>;
}

interface Runner extends Pick<WorkFolders, "cwd" | "env"> {
  /** A prefix of the command that changes the user. */
  readonly as: readonly string[];
}

/** Makes an empty working directory, HOME and TMPDIR, owned by the user of the executable. */
function makeWorkFolders(): WorkFolders {
  const folder = makeFolder();
  chmodSync(folder.path, 0o755);
  const [cwd, home, tmp] = ["work", "home", "tmp"].map((name) => join(folder.path, name)) as [
    string,
    string,
    string,
  ];
  for (const path of [cwd, home, tmp]) {
    mkdirSync(path, { mode: 0o700 });
    if (isRoot) {
      chownSync(path, UNPRIVILEGED_USER, UNPRIVILEGED_USER);
    }
  }
  return {
    cwd,
    home,
    tmp,
    env: { HOME: home, TMPDIR: tmp },
    [Symbol.dispose]() {
      // The user of the tests must be able to empty the folders.
      for (const path of [cwd, home, tmp]) {
        chmodSync(path, 0o700);
      }
      folder[Symbol.dispose]();
    },
  };
}

async function doEverything(runner: Runner): Promise<void> {
  await makeCertificates(runner);
  await serveOneSession(runner);
  await solveSomething(runner);
}

async function makeCertificates({ as, ...options }: Runner): Promise<void> {
  const { code, stderr } = await run([...as, executable, "certs"], options);
  expect(stderr).toBe("");
  expect(code).toBe(0);
}

async function serveOneSession({ as, ...options }: Runner): Promise<void> {
  const flags = ["--host", HOST, "--port", "0", "--bits", "12", "--store", "none"];
  await using server = start([...as, executable, "server", ...flags], options);
  const [, port] = await server.stdout.next(/^listening on .*:(\d+)$/);

  const client = [executable, "client", "--host", HOST, "--ports", `${port}`];
  const { code, stdout, stderr } = await run([...as, ...client], options);

  expect(stderr).not.toContain("error");
  expect(stdout).toBe("OK 8 answered\n");
  expect(code).toBe(0);
  server.kill("SIGTERM");
  expect((await server.ended()).code).toBe(0);
}

async function solveSomething({ as, ...options }: Runner): Promise<void> {
  const command = [...as, executable, "solve", "token", "16"];
  const { code, stdout, stderr } = await run(command, options);
  expect(stderr).toBe("");
  expect(stdout).toMatch(/^RESULT:[A-Za-z0-9_-]+\n$/);
  expect(code).toBe(0);
}

/** Compiles a library that creates the marker file when it is loaded. */
async function compilePlantedLibrary(
  compiler: string,
  folder: string,
  marker: string,
): Promise<string> {
  const source = join(folder, "plant.c");
  const library = join(folder, "plant.so");
  writeFileSync(source, libraryThatMarks(marker));
  const { code, stderr } = await run([compiler, "-shared", "-fPIC", "-o", library, source]);
  expect(stderr).toBe("");
  expect(code).toBe(0);
  return library;
}

function list(folder: string): readonly string[] {
  return readdirSync(folder).sort();
}
