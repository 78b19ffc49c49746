/**
 * A SQLite store that fails under a running server: no client hears DONE that is not kept, the
 * server stays up and says so, and it recovers by itself.
 */
import { Database } from "bun:sqlite";
import { afterAll, expect, setDefaultTimeout, test } from "bun:test";
import {
  appendFileSync,
  copyFileSync,
  mkdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { errorCode } from "../../../src/fault/fault.ts";
import {
  ANYBODY,
  eventually,
  expectKept,
  type IntakeServer,
  makeStorePlace,
  NOT_KEPT,
  readEntries,
  sendParticipants,
  startIntakeServer,
} from "../../support/intake.ts";
import { awkwardAnswers, type Ending, takePart } from "../../support/participants.ts";
import { makeCredentialsFolder } from "../../support/peers.ts";
import { makeFolder, type Program, run, start } from "../../support/processes.ts";

setDefaultTimeout(120_000);

const credentials = await makeCredentialsFolder();
afterAll(() => credentials[Symbol.dispose]());

const METRICS = ["--metrics", "0"];

/** Some systems allow no mounts of one's own. */
const CAN_MOUNT = Bun.spawnSync([
  "unshare",
  "-rm",
  "mount",
  "-t",
  "tmpfs",
  "tmpfs",
  "/mnt",
]).success;
if (!CAN_MOUNT) {
  process.stderr.write("not tested: a full and a read-only disk, which need mount\n");
}

const CAN_TRACE =
  Bun.which("strace") !== null &&
  Bun.spawnSync(["strace", "-qq", "-o", "/dev/null", "true"]).success;
if (!CAN_TRACE) {
  process.stderr.write("not tested: a disk that turns read-only, which needs strace\n");
}

/** The status of /readyz. */
async function readiness(server: IntakeServer): Promise<number> {
  const [, url] = await server.program.stderr.find(/serving metrics at=(.*)\/metrics$/);
  return (await fetch(`${url}/readyz`)).status;
}

/** Sends one participant; returns what it heard. */
async function sendOne({ port }: IntakeServer, name: string, endings: Ending[]): Promise<Ending> {
  const ending = await takePart({ port, tls: ANYBODY }, awkwardAnswers(name));
  endings.push(ending);
  return ending;
}

/** Writes a file until its disk is full. */
function fill(path: string): void {
  try {
    for (;;) {
      appendFileSync(path, Buffer.alloc(4096));
    }
  } catch (thrown) {
    expect(errorCode(thrown)).toBe("ENOSPC");
  }
}

/** Goes from a store that works to one that fails, and back. */
async function breakAndRepair(
  server: IntakeServer,
  url: string,
  {
    fail,
    repair,
  }: {
    readonly fail: () => unknown;
    readonly repair: () => unknown;
  },
): Promise<void> {
  const endings: Ending[] = [];
  expect((await sendOne(server, "before", endings)).sawDone).toBe(true);
  expect(await readiness(server)).toBe(200);

  const load = sendParticipants(server.port, 8, "meanwhile");
  await eventually(() => load.endings.some(({ sawDone }) => sawDone));
  await fail();
  await eventually(() => load.endings.some(({ refusal }) => refusal === NOT_KEPT));
  await eventually(async () => (await readiness(server)) === 503);
  await repair();
  await eventually(async () => (await readiness(server)) === 200);
  endings.push(...(await load.stop()));
  expect((await sendOne(server, "after", endings)).sawDone).toBe(true);

  await server.program.stderr.find(/info {2}answers can be kept again seconds=/);
  expect(server.log.match(/error answers cannot be kept/g)).toHaveLength(1);
  server.program.kill("SIGTERM");
  expect((await server.program.ended()).code).toBe(0);
  expectKept(await readEntries(url), endings);
}

test("a file that is moved away: no new one is made in its place", async () => {
  using place = makeStorePlace();
  await using server = await startIntakeServer(credentials, ["--store", place.url, ...METRICS]);
  // The database goes first and comes last: a server that finds it without its log would begin
  // another one, which the old one must not replace.
  const files = ["", "-wal", "-shm"].map((suffix) => place.path + suffix);
  const move = (order: readonly string[], from: string, to: string) => {
    for (const file of order) {
      renameSync(file + from, file + to);
    }
  };
  await breakAndRepair(server, place.url, {
    fail: () => move(files, "", ".away"),
    repair: () => move(files.toReversed(), ".away", ""),
  });
});

test("a file that another program locks for longer than a client waits", async () => {
  using place = makeStorePlace();
  await using server = await startIntakeServer(credentials, ["--store", place.url, ...METRICS]);
  const other = new Database(place.path);
  // The server is writing at that moment.
  other.run("pragma busy_timeout = 20000");
  await breakAndRepair(server, place.url, {
    fail: () => other.run("begin immediate"),
    repair: () => other.run("rollback"),
  });
  other.close();
});

// The system refuses to remount a disk on which files are open for writing; a disk that turns
// read-only by itself, after an error, refuses each write as here.
test.skipIf(!CAN_TRACE)("a disk that turns read-only", async () => {
  using place = makeStorePlace();
  await using server = await startIntakeServer(credentials, ["--store", place.url, ...METRICS]);
  const writes = "pwrite64,ftruncate";
  // Of all other calls nothing is printed, which would take the server too much time.
  const refusing = ["-e", `trace=${writes}`, "-e", `inject=${writes}:error=EROFS`];
  let tracer: Program | undefined;
  await breakAndRepair(server, place.url, {
    fail: async () => {
      tracer = start(["strace", "-f", ...refusing, "-p", `${server.program.pid}`]);
      await tracer.stderr.find(/attached/);
    },
    repair: async () => {
      tracer?.kill("SIGINT");
      await tracer?.ended();
    },
  });
  expect(server.log).toContain("fails: it cannot be written");
});

test.skipIf(!CAN_MOUNT)("a disk that fills up", async () => {
  using folder = makeFolder();
  const path = join(folder.path, "intake.db");
  const mount = `mount -t tmpfs -o size=4m tmpfs "$0" && exec "$@"`;
  await using server = await startIntakeServer(
    credentials,
    ["--store", `sqlite:${path}`, ...METRICS],
    // A mount of its own, which goes with the process.
    { wrap: (command) => ["unshare", "-rm", "sh", "-c", mount, folder.path, ...command] },
  );
  const root = join("/proc", `${server.program.pid}`, "root");
  const filler = join(root, folder.path, "filler");
  const endings: Ending[] = [];
  expect((await sendOne(server, "before", endings)).sawDone).toBe(true);

  const load = sendParticipants(server.port, 8, "meanwhile");
  fill(filler);
  await eventually(() => load.endings.some(({ refusal }) => refusal === NOT_KEPT));
  await eventually(async () => (await readiness(server)) === 503);
  rmSync(filler);
  await eventually(async () => (await readiness(server)) === 200);
  endings.push(...(await load.stop()));
  expect((await sendOne(server, "after", endings)).sawDone).toBe(true);
  expect(server.log).toContain("the disk is full");

  // The mount goes with the process, and SQLite would not follow this path into it.
  using place = makeStorePlace();
  for (const suffix of ["", "-wal"]) {
    copyFileSync(join(root, path) + suffix, place.path + suffix);
  }
  expectKept(await readEntries(place.url), endings);
});

test.skipIf(!CAN_MOUNT)("a file that cannot be written is found at the start", async () => {
  using place = makeStorePlace();
  await using server = await startIntakeServer(credentials, ["--store", place.url]);
  server.program.kill("SIGTERM");
  await server.program.ended();

  const mount = `mount -t tmpfs tmpfs "$0" && cp "$1" "$0"/intake.db && mount -o remount,ro "$0" && shift && exec "$@"`;
  using folder = makeFolder();
  const store = `sqlite:${join(folder.path, "intake.db")}`;
  const started = startIntakeServer(credentials, ["--store", store], {
    wrap: (command) => ["unshare", "-rm", "sh", "-c", mount, folder.path, place.path, ...command],
  });
  expect(String(await started.then(String, String))).toContain("the file system is read-only");
});

test("the default store is for its owner alone, and hints at others where it cannot be made", async () => {
  using folder = makeFolder();
  await using server = await startIntakeServer(credentials, [], {
    env: { XDG_STATE_HOME: folder.path },
  });
  const path = join(folder.path, "tlslp", "intake.db");
  await server.program.stderr.find(/answers are kept store=sqlite:.*tlslp\/intake\.db$/);
  const { stdout } = await run(["stat", "-c", "%a", path, join(folder.path, "tlslp")]);
  expect(stdout).toBe("600\n700\n");

  writeFileSync(join(folder.path, "file"), "");
  mkdirSync(join(folder.path, "folder", "tlslp", "intake.db"), { recursive: true });
  for (const unusable of ["file", "folder"]) {
    const refused = startIntakeServer(credentials, [], {
      env: { XDG_STATE_HOME: join(folder.path, unusable) },
    });
    const said = await refused.then(String, String);
    expect(said).toContain("--store none");
    expect(said).toContain("--store sqlite:PATH");
  }
});
