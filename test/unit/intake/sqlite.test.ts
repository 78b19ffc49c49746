/**
 * Failures of a store's file, and of the process that writes it.
 */
import { Database as Sqlite } from "bun:sqlite";
import { afterAll, describe, expect, test } from "bun:test";
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { openSqlite } from "../../../src/intake/database/sqlite.ts";
import type { StoreEvent } from "../../../src/intake/store/health.ts";
import type { Store } from "../../../src/intake/store/store.ts";
import { rejectionOf, summary } from "../../support/faults.ts";
import { makeFolder } from "../../support/processes.ts";
import { all, attempt, open, submission } from "./samples.ts";

const folder = makeFolder();
afterAll(() => folder[Symbol.dispose]());
const newPath = () => join(mkdtempSync(join(folder.path, "place-")), "intake.db");

const NOT_KEPT = "refused: the answers could not be kept, try again later";

async function until(condition: () => boolean): Promise<void> {
  const deadline = performance.now() + 30_000;
  while (!condition()) {
    if (performance.now() > deadline) {
      throw new Error("it took too long");
    }
    await Bun.sleep(10);
  }
}

describe("a new file", () => {
  test("is for its owner only, and so are the files beside it", async () => {
    const path = newPath();
    const store = await open(`sqlite:${path}`);
    await store.record(submission());
    const modes = ["", "-wal", "-shm"].map((suffix) => statSync(path + suffix).mode & 0o777);
    expect(modes).toEqual([0o600, 0o600, 0o600]);
    await store.close();
  });

  test.each(["a?mode=ro.db", "q?.db", "a%20b #ü.db", "file:x.db"])(
    "may be called %s",
    async (name) => {
      const place = dirname(newPath());
      const store = await open(`sqlite:${join(place, name)}`);
      await store.record(submission());
      await store.close();
      expect(readdirSync(place)).toEqual([name]);
    },
  );

  test("may have been made empty", async () => {
    const path = newPath();
    writeFileSync(path, "");
    const store = await open(`sqlite:${path}`);
    await store.record(submission());
    await store.close();
  });

  test("is not made in a folder that does not exist", async () => {
    const path = join(folder.path, "nowhere", "intake.db");
    const fault = await rejectionOf(open(`sqlite:${path}`));
    expect(summary(fault)).toBe(
      `usage: cannot use the store sqlite:${path}: its folder does not exist`,
    );
  });
});

describe("a file that is no store of ours is refused and left alone:", () => {
  const FILES: Readonly<Record<string, (path: string) => void>> = {
    "a text": (path) => writeFileSync(path, "dear diary"),
    "a long text": (path) => writeFileSync(path, "dear diary ".repeat(2000)),
    "another program's database": (path) => {
      using database = new Sqlite(path);
      database.run("create table notes (text)");
    },
    "another program's database with a write-ahead log": (path) => {
      using database = new Sqlite(path);
      database.run("pragma journal_mode = wal");
      database.run("create table notes (text)");
    },
    "an empty database": (path) => {
      using database = new Sqlite(path);
      database.run("vacuum");
    },
    "a folder": (path) => mkdirSync(path),
  };

  test.each(Object.entries(FILES))("%s", async (_name, make) => {
    const path = newPath();
    make(path);
    const look = () => [
      readdirSync(join(path, "..")),
      statSync(path).isFile() ? Bun.hash(readFileSync(path)) : "",
    ];
    const before = look();
    for (const create of [true, false]) {
      const fault = await rejectionOf(open(`sqlite:${path}`, { create }));
      expect(summary(fault)).toBe(
        `usage: sqlite:${path} is not a store of answers; it is left as it is`,
      );
    }
    expect(look()).toEqual(before);
  });
});

describe("while a server runs", () => {
  interface Running {
    readonly path: string;
    readonly store: Store;
    readonly events: StoreEvent[];
  }

  async function run(patience = 0.2): Promise<Running> {
    const path = newPath();
    const events: StoreEvent[] = [];
    const observe = (event: StoreEvent) => void events.push(event);
    const store = await open(`sqlite:${path}`, { patience, observe, probeInterval: 20 });
    await store.record(submission());
    return { path, store, events };
  }

  async function expectFailure({ store, events }: Running, reason: string): Promise<void> {
    expect(summary(await rejectionOf(store.record(submission())))).toBe(NOT_KEPT);
    expect(summary(await rejectionOf(store.record(submission())))).toBe(NOT_KEPT);
    expect(store.health).toMatchObject({ isOk: false, fault: { facts: { reason } } });
    expect(events).toMatchObject([{ type: "store failing", fault: { facts: { reason } } }]);
  }

  async function expectRecovery({ store, events }: Running): Promise<void> {
    await until(() => store.health.isOk);
    expect(events.at(-1)?.type).toBe("store recovered");
    await store.record(submission());
  }

  test("a file that is moved away makes it fail until it is back", async () => {
    const running = await run();
    const { path, store } = running;
    renameSync(path, `${path}.away`);
    await expectFailure(running, "STORE_MOVED");
    expect(readdirSync(join(path, ".."))).not.toContain("intake.db");
    renameSync(`${path}.away`, path);
    await expectRecovery(running);
    expect((await all(store)).length).toBeGreaterThanOrEqual(2);
    await store.close();
  });

  test("a file that is moved away with the files beside it does too", async () => {
    const running = await run();
    const { path, store } = running;
    for (const suffix of ["", "-wal", "-shm"]) {
      renameSync(path + suffix, `${path}.away${suffix}`);
    }
    await expectFailure(running, "STORE_MOVED");
    for (const suffix of ["", "-wal", "-shm"]) {
      renameSync(`${path}.away${suffix}`, path + suffix);
    }
    await expectRecovery(running);
    await store.close();
    const again = await open(`sqlite:${path}`);
    expect((await all(again)).length).toBeGreaterThanOrEqual(2);
    await again.close();
  });

  test("another file in its place is not written", async () => {
    const running = await run();
    const { path, store } = running;
    renameSync(path, `${path}.away`);
    copyFileSync(`${path}.away`, path);
    const before = readFileSync(path);
    await expectFailure(running, "STORE_MOVED");
    expect(readFileSync(path).equals(before)).toBe(true);
    renameSync(`${path}.away`, path);
    await expectRecovery(running);
    await store.close();
  });

  test("a file that is moved away during a transaction makes it fail", async () => {
    const path = newPath();
    const database = await openSqlite(path, { create: true, patience: 1 });
    const moving = database.transact(async (sql) => {
      await sql`delete from tlslp_probe`;
      renameSync(path, `${path}.away`);
    });
    expect(await moving.catch(String)).toBe("Error: STORE_MOVED");
    renameSync(`${path}.away`, path);
    await database.transact((sql) => sql`delete from tlslp_probe`);
    await database.close();
  });

  test("a removed write-ahead log loses nothing", async () => {
    const running = await run();
    const { path, store } = running;
    const sent = submission();
    await store.record(sent);
    rmSync(`${path}-wal`);
    const next = submission();
    await store.record(next);
    await store.close();
    const again = await open(`sqlite:${path}`);
    expect((await all(again)).map(({ id }) => id)).toContain(sent.id);
    expect((await all(again)).map(({ id }) => id)).toContain(next.id);
    await again.close();
  });

  test("another program's lock is waited for a while", async () => {
    const running = await run(5);
    const other = new Sqlite(running.path);
    other.run("begin immediate");
    setTimeout(() => other.run("rollback"), 300);
    await running.store.record(submission());
    other.close();
    expect(running.events).toEqual([]);
    await running.store.close();
  });

  test("another program's lock makes it fail in the end, until it is released", async () => {
    const running = await run();
    const other = new Sqlite(running.path);
    other.run("begin immediate");
    await expectFailure(running, "SQLITE_BUSY");
    other.run("rollback");
    other.close();
    await expectRecovery(running);
    expect(running.events).toHaveLength(2);
    await running.store.close();
  });

  test("a failure is reported once a minute at most", async () => {
    const running = await run(0.01);
    for (let round = 0; round < 3; round += 1) {
      renameSync(running.path, `${running.path}.away`);
      await rejectionOf(running.store.record(submission()));
      renameSync(`${running.path}.away`, running.path);
      await until(() => running.store.health.isOk);
    }
    expect(running.events.filter(({ type }) => type === "store failing")).toHaveLength(1);
    await running.store.close();
  });
});

/** Makes a file system of half a megabyte; undefined where that is not allowed. */
function mountSmall(path: string): Disposable | undefined {
  mkdirSync(path);
  const { exitCode, stderr } = Bun.spawnSync([
    "mount",
    "-t",
    "tmpfs",
    "-o",
    "size=512k",
    "none",
    path,
  ]);
  if (exitCode !== 0) {
    process.stderr.write(`not tested: a full disk, which needs mount: ${stderr}`);
    return undefined;
  }
  return { [Symbol.dispose]: () => void Bun.spawnSync(["umount", "-l", path]) };
}

test("a full disk makes it fail until there is room, and a read-only one is refused", async () => {
  const place = join(folder.path, "small");
  using mounted = mountSmall(place);
  if (mounted === undefined) {
    return;
  }
  const path = join(place, "intake.db");
  const store = await open(`sqlite:${path}`, { probeInterval: 20 });
  const kept = submission();
  await store.record(kept);
  const ballast = join(place, "ballast");
  Bun.spawnSync(["dd", "if=/dev/zero", `of=${ballast}`, "bs=4k"], { stderr: "ignore" });
  const failures = await Promise.allSettled(
    Array.from({ length: 40 }, () => store.record(submission())),
  );
  expect(failures.filter(({ status }) => status === "rejected").length).toBeGreaterThan(0);
  expect(store.health.isOk).toBe(false);
  // There may be room for these, which says nothing about the next submission.
  await Promise.allSettled(Array.from({ length: 3 }, () => store.recordAttempt(attempt())));
  expect(store.health.isOk).toBe(false);
  await Bun.sleep(100);
  expect(store.health.isOk).toBe(false);
  rmSync(ballast);
  await until(() => store.health.isOk);
  const later = submission();
  await store.record(later);
  const ids = (await all(store)).map(({ id }) => id);
  expect(ids).toContain(kept.id);
  expect(ids).toContain(later.id);
  expect(new Set(ids).size).toBe(ids.length);
  await store.close();

  Bun.spawnSync(["mount", "-o", "remount,ro", place]);
  const fault = await rejectionOf(open(`sqlite:${path}`));
  expect(summary(fault)).toBe(
    `usage: cannot use the store sqlite:${path}: the file system is read-only`,
  );
});
