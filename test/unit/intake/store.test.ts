/**
 * The behaviour that stores in both databases share.
 */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { join } from "node:path";
import { SQL } from "bun";
import { REQUESTS } from "../../../src/wire/message.ts";
import { rejectionOf, summary } from "../../support/faults.ts";
import { type Postgres, startPostgres } from "../../support/postgres.ts";
import { makeFolder } from "../../support/processes.ts";
import { ANSWERS, all, attempt, open, participant, submission } from "./samples.ts";

const folder = makeFolder();
let postgres: Postgres;
let files = 0;

beforeAll(async () => {
  postgres = await startPostgres();
}, 120_000);
afterAll(async () => {
  await postgres[Symbol.asyncDispose]();
  folder[Symbol.dispose]();
});

const KINDS = {
  sqlite: async () => {
    files += 1;
    return `sqlite:${join(folder.path, `${files}.db`)}`;
  },
  postgres: () => postgres.createPlace(),
};

/** Opens a client of the same database, without a store. */
function client(url: string): SQL {
  return url.startsWith("sqlite:")
    ? new SQL({
        adapter: "sqlite",
        filename: url.slice("sqlite:".length),
        create: false,
        readwrite: true,
      })
    : new SQL({ url, max: 1 });
}

describe.each(Object.entries(KINDS))("a store in %s", (_kind, newUrl) => {
  test("returns a submission unchanged after it was opened again", async () => {
    const url = await newUrl();
    const sent = submission("Ada", {
      FULL_NAME: "  Ada  \u202e \u{1f600} =cmd|'/C calc'!A0 ",
      ADDR_LINE2: "ü".repeat(467),
    });
    const first = await open(url);
    await first.record(sent);
    await first.close();

    const second = await open(url, { create: false });
    const entry = await second.find(sent.id.toLowerCase());
    await second.close();
    expect(entry).toEqual({
      id: sent.id,
      at: sent.at,
      outcome: "complete",
      step: "DONE",
      reason: null,
      participant: "Ada",
      subject: "CN=Ada",
      fingerprint: participant("Ada").fingerprint,
      address: "127.0.0.1:5000",
      bits: 18,
      workSeconds: 0.25,
      isAcknowledged: false,
      isErased: false,
      answers: sent.answers,
      receipt: null,
    });
    expect(JSON.stringify(entry?.answers)).toBe(JSON.stringify(sent.answers));
  });

  test("keeps attempts without answers", async () => {
    const store = await open(await newUrl());
    const sent = attempt("Bob", "invalid");
    await store.recordAttempt(sent);
    const entry = await store.find(sent.id);
    expect(entry).toMatchObject({ outcome: "invalid", step: "EMAIL1", reason: "too late" });
    expect(entry).toMatchObject({ answers: null, workSeconds: null, participant: "Bob" });
    await store.close();
  });

  test("keeps a submission of a client without a certificate", async () => {
    const store = await open(await newUrl());
    const sent = { ...submission(), participant: undefined };
    await store.record(sent, { passes: 1 });
    await store.record({ ...submission(), participant: undefined }, { passes: 1 });
    expect(await store.find(sent.id)).toMatchObject({ participant: null, fingerprint: null });
    await store.close();
  });

  test("keeps the time of the puzzle to the microsecond", async () => {
    const store = await open(await newUrl());
    const sent = { ...submission(), workSeconds: 0.008827158000000054 };
    await store.record(sent);
    expect(await store.find(sent.id)).toMatchObject({ workSeconds: 0.008827 });
    await store.close();
  });

  test("notes that OK came", async () => {
    const store = await open(await newUrl());
    const [some, other] = [submission(), submission()];
    await Promise.all([store.record(some), store.record(other)]);
    await store.acknowledge(some.id);
    expect(await store.find(some.id)).toMatchObject({ isAcknowledged: true });
    expect(await store.find(other.id)).toMatchObject({ isAcknowledged: false });
    await store.close();
  });

  test("keeps submissions that come at once, each exactly once", async () => {
    const store = await open(await newUrl());
    const sent = Array.from({ length: 300 }, (_, index) => submission(`person ${index % 7}`));
    await Promise.all(sent.map((one) => store.record(one)));
    const found = await all(store);
    expect(found.map(({ id }) => id)).toEqual(sent.map(({ id }) => id).sort());
    expect(await store.passesOf(participant("person 0").fingerprint)).toBe(43);
    expect(await store.passesOf("sha256/nobody")).toBe(0);
    await store.close();
  });

  test("gives the last pass to one of two servers that race for it", async () => {
    const url = await newUrl();
    const servers = await Promise.all([open(url), open(url)]);
    const sent = Array.from({ length: 40 }, (_, index) => submission(`person ${index % 4}`));
    const results = await Promise.allSettled(
      sent.map((one, index) => servers[index % 2 === 0 ? 0 : 1].record(one, { passes: 3 })),
    );
    const kept = sent.filter((_, index) => results[index]?.status === "fulfilled");
    const refused = results.flatMap((result) =>
      result.status === "rejected" ? [result.reason] : [],
    );
    expect(kept).toHaveLength(12);
    expect(new Set(refused.map(summary))).toEqual(new Set(["refused: you have answered already"]));
    expect((await all(servers[0])).map(({ id }) => id)).toEqual(kept.map(({ id }) => id).sort());
    await Promise.all(servers.map((server) => server.close()));
  });

  test("is made once, however many open it at the same moment", async () => {
    const url = await newUrl();
    const stores = await Promise.all(Array.from({ length: 6 }, () => open(url)));
    await Promise.all(stores.map((store) => store.record(submission())));
    expect(await all(stores[0] ?? (await open(url)))).toHaveLength(6);
    await Promise.all(stores.map((store) => store.close()));
  });

  test("lists by time, outcome and participant", async () => {
    const store = await open(await newUrl());
    const day = (date: number) => new Date(Date.UTC(2026, 0, date));
    const names = ["Ada", "Böb", "ada lovelace", "Eve"];
    for (const [index, name] of names.entries()) {
      await store.record(submission(name, {}, day(2 * index + 1)));
      await store.recordAttempt(attempt(name, "refused", day(2 * index + 2)));
    }
    const list = async (filter: object, limit?: number) =>
      (await Array.fromAsync(store.entries(filter, "newest first", limit))).map(
        ({ participant: name, outcome }) => `${name} ${outcome}`,
      );
    expect(await list({}, 3)).toEqual(["Eve refused", "Eve complete", "ada lovelace refused"]);
    expect(await list({ outcome: "complete" })).toEqual(
      names.map((name) => `${name} complete`).reverse(),
    );
    expect(await list({ participant: "ADA" }, 3)).toEqual([
      "ada lovelace refused",
      "ada lovelace complete",
      "Ada refused",
    ]);
    expect(await list({ participant: "BÖB", outcome: "complete" })).toEqual(["Böb complete"]);
    expect(await list({ since: day(3), until: day(5) })).toEqual(["Böb refused", "Böb complete"]);
    expect(await list({ participant: "mallory" })).toEqual([]);
    await store.close();
  });

  test("reads more than a page", async () => {
    const store = await open(await newUrl());
    const sent = Array.from({ length: 1203 }, () => submission());
    await Promise.all(sent.map((one) => store.record(one)));
    const ids = sent.map(({ id }) => id);
    expect((await all(store)).map(({ id }) => id)).toEqual(ids);
    const newest = await Array.fromAsync(
      store.entries({ outcome: "complete" }, "newest first", 1100),
    );
    expect(newest.map(({ id }) => id)).toEqual(ids.toReversed().slice(0, 1100));
    await store.close();
  });

  test("knows which requests were answered", async () => {
    const store = await open(await newUrl());
    expect(await store.requests({})).toEqual(REQUESTS);
    const facts = submission();
    await store.record({ ...facts, answers: { COUNTRY: "DE", EMAIL1: "a@example.org" } });
    await store.record({ ...submission(), answers: { FULL_NAME: "Ada" } });
    await store.recordAttempt(attempt());
    expect(await store.requests({ outcome: "complete" })).toEqual([
      "FULL_NAME",
      "EMAIL1",
      "COUNTRY",
    ]);
    await store.close();
  });

  test("erases personal data, and still counts the submission", async () => {
    const store = await open(await newUrl());
    const [gone, kept] = [submission("Ada"), submission("Ada")];
    await store.record({ ...gone, receipt: "a.b.c" }, { passes: 2, isPending: true });
    await store.record(kept, { passes: 2 });
    expect(await store.erase([gone.id.toLowerCase(), "NOSUCH"])).toEqual(["NOSUCH"]);
    expect(await store.find(gone.id)).toMatchObject({
      outcome: "complete",
      isErased: true,
      answers: null,
      receipt: null,
      participant: null,
      subject: null,
      address: null,
    });
    expect(await store.find(kept.id)).toMatchObject({ isErased: false, answers: ANSWERS });
    expect(await store.pending(new Date(), 9)).toEqual([]);
    const third = await rejectionOf(store.record(submission("Ada"), { passes: 2 }));
    expect(summary(third)).toBe("refused: you have answered already");
    await store.close();
  });

  test("erases all that is older", async () => {
    const store = await open(await newUrl());
    const old = new Date("2026-01-01T00:00:00Z");
    const attempts = Array.from({ length: 250 }, () => attempt("Ada", "timeout", old));
    await Promise.all(attempts.map((one) => store.recordAttempt(one)));
    await store.record(submission());
    expect(await store.eraseBefore(new Date("2026-02-01T00:00:00Z"))).toBe(250);
    expect(await store.eraseBefore(new Date("2026-02-01T00:00:00Z"))).toBe(0);
    expect((await all(store)).filter(({ isErased }) => !isErased)).toHaveLength(1);
    await store.close();
  });

  test("remembers the submissions for which a command is still to be run", async () => {
    const store = await open(await newUrl());
    const [some, other] = [submission(), submission()];
    await store.record(some, { isPending: true });
    await store.record(other, { isPending: true });
    await store.record(submission());
    const later = new Date(Date.now() + 1000);
    expect(await store.pending(later, 9)).toEqual([some.id, other.id]);
    expect(await store.pending(later, 1)).toEqual([some.id]);
    await store.markHandled(some.id);
    expect(await store.pending(later, 9)).toEqual([other.id]);
    expect(await store.pending(new Date(0), 9)).toEqual([]);
    await store.close();
  });

  test("of a newer version is refused and left alone", async () => {
    const url = await newUrl();
    await (await open(url)).close();
    const sql = client(url);
    await sql.unsafe(
      url.startsWith("sqlite:")
        ? "PRAGMA user_version = 99"
        : "update tlslp_schema set version = 99",
    );
    for (const create of [true, false]) {
      const fault = await rejectionOf(open(url, { create }));
      expect(summary(fault)).toMatch(
        /^usage: the store .* has version 99, and this program knows 1 at most$/,
      );
      expect(fault.message).not.toContain("secret");
    }
    await sql.close();
  });

  test("that is not there is not made by a reader", async () => {
    const fault = await rejectionOf(open(await newUrl(), { create: false }));
    expect(summary(fault)).toStartWith("usage: there is no store at ");
  });
});
