/**
 * Failures of a PostgreSQL server, and of the connection to it.
 */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { connect, createServer, type Socket } from "node:net";
import { join } from "node:path";
import { SQL } from "bun";
import type { StoreEvent } from "../../../src/intake/store/health.ts";
import { hintOf, rejectionOf, summary } from "../../support/faults.ts";
import { eventually } from "../../support/intake.ts";
import { type Postgres, startPostgres } from "../../support/postgres.ts";
import { ANSWERS, all, open, submission } from "./samples.ts";

let postgres: Postgres;
beforeAll(async () => {
  postgres = await startPostgres();
}, 120_000);
afterAll(() => postgres[Symbol.asyncDispose]());

const NOT_KEPT = "refused: the answers could not be kept, try again later";
/** Seconds: a busy machine connects and writes within this time, and a failure takes as long. */
const PATIENCE = 3;
const WRITER = [process.execPath, join(import.meta.dir, "writer-process.ts")];

/** Opens a proxy to the server that can be made silent: nothing is refused, and nothing arrives. */
async function openSilentProxy(port: number) {
  const sockets = new Set<Socket>();
  let isSilent = false;
  const server = createServer((near) => {
    const far = connect(port, "127.0.0.1");
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(from);
      from.on("data", (bytes) => isSilent || to.write(bytes));
      from.on("close", () => to.destroy());
      from.on("error", () => to.destroy());
    }
  });
  const { promise, resolve } = Promise.withResolvers<void>();
  server.listen(0, "127.0.0.1", resolve);
  await promise;
  const address = server.address();
  return {
    port: typeof address === "object" ? address?.port : undefined,
    setSilent(value: boolean) {
      isSilent = value;
    },
    [Symbol.dispose]() {
      server.close();
      for (const socket of sockets) {
        socket.destroy();
      }
    },
  };
}

test("a database without an encoding keeps every character", async () => {
  const store = await open(await postgres.createDatabase("SQL_ASCII"));
  const kept = submission("Zoë Łoś 山田太郎 🎉", { ADDR_LINE1: "Ærøvej 1\u0085\u{10ffff}" });
  await store.record(kept);

  const [entry] = await all(store);
  await store.close();
  expect(entry?.participant).toBe("Zoë Łoś 山田太郎 🎉");
  expect(entry?.answers).toEqual(kept.answers);
});

describe("a server that cannot be used", () => {
  test("is a transport failure where nothing listens", async () => {
    const fault = await rejectionOf(open("postgres://ada:hidden@127.0.0.1:1/intake"));
    expect(summary(fault)).toBe(
      "transport: cannot use the store postgres://ada@127.0.0.1:1/intake: connection refused, or its host is not known",
    );
  });

  test("is a usage failure where its URL has a wrong sslmode", async () => {
    const fault = await rejectionOf(open("postgres://ada:hidden@127.0.0.1:1/intake?sslmode=on"));
    expect(summary(fault)).toBe(
      "usage: cannot use the store postgres://ada@127.0.0.1:1/intake: " +
        "sslmode is not disable, allow, prefer, require, verify-ca or verify-full",
    );
  });

  test("is a transport failure where TLS is demanded, and the server has none", async () => {
    const url = new URL(await postgres.createPlace());
    url.searchParams.set("sslmode", "require");
    const fault = await rejectionOf(open(url.href));
    expect(summary(fault)).toMatch(/^transport: .*: it offers no TLS, and sslmode demands it$/);
  });

  test.each(["/nowhere/ca.pem", import.meta.path])(
    "is a transport failure where the authorities are in %s",
    async (path) => {
      const url = new URL(await postgres.createPlace());
      url.searchParams.set("sslmode", "verify-full");
      url.searchParams.set("sslrootcert", path);
      const fault = await rejectionOf(open(url.href));
      expect(summary(fault)).toMatch(/: sslrootcert is not a file of certificates in PEM$/);
    },
  );

  test("is a usage failure where its encoding lacks characters that answers have", async () => {
    const fault = await rejectionOf(open(await postgres.createDatabase("LATIN1")));
    expect(summary(fault)).toMatch(
      /^usage: the store postgres:\S+\/latin1 has the encoding LATIN1; answers need UTF8$/,
    );
    expect(hintOf(fault)).toStartWith("createdb --encoding=UTF8 ");
  });

  test("is a transport failure without the right password, or the database", async () => {
    const url = new URL(await postgres.createPlace());
    url.pathname = "/nowhere";
    const missing = await rejectionOf(open(url.href));
    expect(summary(missing)).toEndWith('/nowhere: database "nowhere" does not exist');
    url.password = "wrong";
    const wrong = await rejectionOf(open(url.href));
    expect(summary(wrong)).toContain("password authentication failed");
    expect(wrong.message).not.toContain("wrong");
  });
});

test("the password may be in the environment", async () => {
  const url = new URL(await postgres.createPlace());
  const password = decodeURIComponent(url.password);
  url.password = "";
  const child = Bun.spawn([...WRITER, url.href, "3"], {
    env: { ...process.env, PGPASSWORD: password },
    stdout: "pipe",
    stderr: "inherit",
  });
  const lines = (await new Response(child.stdout).text()).trim().split("\n");
  expect(lines).toHaveLength(4);
});

test("a restart in the middle loses no submission that was kept", async () => {
  const url = await postgres.createPlace();
  const store = await open(url, { patience: 50 });
  const kept: string[] = [];
  let isOver = false;
  async function write(): Promise<void> {
    while (!isOver) {
      const sent = submission();
      await store.record(sent);
      kept.push(sent.id);
    }
  }
  const writing = Array.from({ length: 8 }, write);
  await eventually(() => kept.length > 0);
  postgres.stop();
  postgres.start();
  const before = kept.length;
  await eventually(() => kept.length > before + writing.length);
  isOver = true;
  await Promise.all(writing);
  expect((await all(store)).map(({ id }) => id)).toEqual(kept.sort());
  await store.close();
});

test("a server that is down makes the store fail until it is up", async () => {
  const events: StoreEvent[] = [];
  const observe = (event: StoreEvent) => void events.push(event);
  const url = await postgres.createPlace();
  const store = await open(url, { patience: PATIENCE, observe, probeInterval: 20 });
  postgres.stop();
  expect(summary(await rejectionOf(store.record(submission())))).toBe(NOT_KEPT);
  expect(store.health.isOk).toBe(false);
  postgres.start();
  while (!store.health.isOk) {
    await Bun.sleep(10);
  }
  await store.record(submission());
  expect(events.map(({ type }) => type)).toEqual(["store failing", "store recovered"]);
  await store.close();
});

test("a server that is silent is not waited for longer than a client waits", async () => {
  const url = new URL(await postgres.createPlace());
  using way = await openSilentProxy(postgres.port);
  url.port = String(way.port);
  const store = await open(url.href, { patience: PATIENCE, probeInterval: 50 });
  await store.record(submission());
  way.setSilent(true);
  const begun = performance.now();
  expect(summary(await rejectionOf(store.record(submission())))).toBe(NOT_KEPT);
  expect(performance.now() - begun).toBeLessThan(20_000);
  expect(store.health).toMatchObject({
    isOk: false,
    fault: { message: `the store ${store.name} fails: it does not answer in time` },
  });
  way.setSilent(false);
  while (!store.health.isOk) {
    await Bun.sleep(10);
  }
  await store.record(submission());
  await store.close();
});

test("a server that is silent does not hold up a client that asks whether it has a pass", async () => {
  const url = new URL(await postgres.createPlace());
  using way = await openSilentProxy(postgres.port);
  url.port = String(way.port);
  const store = await open(url.href, { patience: 0.5, probeInterval: 50 });
  await store.record(submission());
  way.setSilent(true);
  const begun = performance.now();
  expect(summary(await rejectionOf(store.passesOf("sha256/x")))).toBe(NOT_KEPT);
  expect(performance.now() - begun).toBeLessThan(20_000);
  expect(store.health.isOk).toBe(false);
  way.setSilent(false);
  while (!store.health.isOk) {
    await Bun.sleep(10);
  }
  await store.close();
});

test("another program's lock is not waited for longer than a client waits either", async () => {
  const url = await postgres.createPlace();
  const store = await open(url, { patience: PATIENCE, probeInterval: 50 });
  await using other = new SQL({ url, max: 1 });
  await other.begin(async (sql) => {
    await sql`lock table tlslp_entries`;
    expect(summary(await rejectionOf(store.record(submission())))).toBe(NOT_KEPT);
  });
  await store.record(submission());
  await store.close();
});

test("a value that the database refuses is not kept, is not repeated, and hinders no other", async () => {
  const url = await postgres.createPlace();
  const events: StoreEvent[] = [];
  const store = await open(url, { observe: (event) => void events.push(event) });
  await using sql = new SQL({ url, max: 1 });
  const name = "Ada Hidden";
  await sql.unsafe(`
    create function refuse() returns trigger language plpgsql as $$
      begin raise exception 'not %', new.answers using errcode = 'P0001'; end $$;
    create trigger refuse before insert on tlslp_entries for each row
      when (new.answers like '%${name}%') execute function refuse()`);
  const sent = [1, 2, 3, 4, 5].map((index) => submission(`person ${index}`));
  const refused = submission("Ada", { FULL_NAME: name });
  const others = Promise.all(sent.map((one) => store.record(one, { passes: 1 })));
  const fault = await rejectionOf(store.record(refused));
  expect(summary(fault)).toBe(NOT_KEPT);
  await others;
  expect((await all(store)).map(({ id }) => id)).toEqual(sent.map(({ id }) => id));
  expect(events[0]).toMatchObject({
    type: "store failing",
    fault: { message: expect.stringMatching(/ fails: it refuses a value, with SQLSTATE P0001$/) },
  });
  await store.close();
});

test("two processes on one database give no more passes than there are", async () => {
  const url = await postgres.createPlace();
  const children = [1, 2].map(() =>
    Bun.spawn([...WRITER, url, "30", "20"], { stdout: "pipe", stderr: "inherit" }),
  );
  const outputs = await Promise.all(children.map(({ stdout }) => new Response(stdout).text()));
  const refused = outputs
    .join("")
    .split("\n")
    .filter((line) => line === "refused");
  expect(refused).toHaveLength(40);
  const store = await open(url);
  expect(await all(store)).toHaveLength(20);
  await store.close();
});

test("the planner's statistics hold no erased value", async () => {
  const url = await postgres.createPlace();
  const store = await open(url);
  const sent = Array.from({ length: 20 }, () => submission("Ada Hidden"));
  await Promise.all(sent.map((one) => store.record(one)));
  await using sql = new SQL({ url, max: 1 });
  await sql`analyze tlslp_entries`;
  const find = () => sql`select 1 from pg_stats
    where schemaname = current_schema() and most_common_vals::text like '%Hidden%'`;
  expect((await find()).length).toBeGreaterThan(0);
  await store.erase(sent.map(({ id }) => id));
  expect(await find()).toHaveLength(0);
  await store.close();
});

describe("what an erasing leaves in the table's file", () => {
  const tomorrow = new Date(Date.now() + 86_400_000);

  /** Whether the file has the answer of the sample. */
  async function isInFile(sql: SQL): Promise<boolean> {
    await sql`checkpoint`;
    const [{ position }] = await sql`
      select position(${Buffer.from(ANSWERS.FULL_NAME)}::bytea in
        pg_read_binary_file(pg_relation_filepath('tlslp_entries'))) as position`;
    return position > 0;
  }

  /** Lets rows be changed, and no old version be removed, until the action has ended. */
  function withTableLocked(sql: SQL, action: () => Promise<void>): Promise<void> {
    return sql.begin(async (other) => {
      await other`lock table tlslp_entries in share update exclusive mode`;
      await action();
    });
  }

  /** Resolves when the removal has waited for a lock for this number of seconds. */
  function vacuumWaits(sql: SQL, seconds: number): Promise<void> {
    return eventually(async () => {
      const rows = await sql`
        select 1 from pg_stat_activity where query like 'vacuum%' and wait_event_type = 'Lock'
          and now() - query_start > make_interval(secs => ${seconds})`;
      return rows.length > 0;
    });
  }

  test("is removed once another program's lock is gone, however long a client would wait", async () => {
    const url = await postgres.createPlace();
    const store = await open(url, { patience: 0.2 });
    await store.record(submission());
    await using sql = new SQL({ url, max: 2 });
    let erasing: Promise<number> | undefined;
    await withTableLocked(sql, async () => {
      erasing = store.eraseBefore(tomorrow);
      await vacuumWaits(sql, 0.5);
    });
    expect(await erasing).toBe(1);
    expect(await isInFile(sql)).toBe(false);
    await store.record(submission());
    await store.close();
  });

  test("is removed by the next one, where the last step failed", async () => {
    const url = await postgres.createPlace();
    const store = await open(url);
    await store.record(submission());
    await using sql = new SQL({ url, max: 1 });
    // As an erasing does that ends before its last step.
    await sql`update tlslp_entries set answers = null, erased = 1`;
    expect(await isInFile(sql)).toBe(true);
    expect(await store.eraseBefore(tomorrow)).toBe(0);
    expect(await isInFile(sql)).toBe(false);
    await store.close();
  });

  test("does not hold up the end of a server, which gives the erasing up", async () => {
    const url = await postgres.createPlace();
    const store = await open(url, { patience: 0.2 });
    await store.record(submission());
    await using sql = new SQL({ url, max: 2 });
    const controller = new AbortController();
    const { signal } = controller;
    await withTableLocked(sql, async () => {
      const erasing = store.eraseBefore(tomorrow, { signal }).catch((thrown) => thrown);
      await vacuumWaits(sql, 0);
      const reason = new Error("the server stops");
      controller.abort(reason);
      expect(await erasing).toBe(reason);
      const begun = performance.now();
      await store.close();
      expect(performance.now() - begun).toBeLessThan(20_000);
    });
  });
});
