/**
 * Makes a store of SQLite with a number of submissions of about 350 bytes of answers each.
 *
 *   bun bench/submissions/make-store.ts PATH COUNT
 */
import { Database } from "bun:sqlite";
import { SAMPLE_ANSWERS } from "../../src/client/answers.ts";
import { makeSubmission } from "../../src/intake/entry.ts";
import { openStore } from "../../src/intake/store/store.ts";

const [path = "", count = "1"] = process.argv.slice(2);

const store = await openStore(`sqlite:${path}`);
const participant = {
  name: "Sample Name",
  subject: "CN=Sample Name",
  fingerprint: "sha256/sample",
};
const facts = { participant, address: "127.0.0.1:5000", bits: 28, workSeconds: 1.5 };
await store?.record(makeSubmission(facts, { ...SAMPLE_ANSWERS, ADDR_LINE1: "x".repeat(200) }));
await store?.close();

// The others are copies of the first: a session each would take minutes.
using database = new Database(path);
database.run(
  `with recursive numbers(n) as (select 1 union all select n + 1 from numbers where n < ?)
   insert into tlslp_entries
     select printf('%026d', n), at, outcome, step, reason, participant, subject, fingerprint,
       address, bits, work_seconds, acknowledged, pending, erased, requests, answers, receipt
     from numbers, (select * from tlslp_entries limit 1)`,
  [Number(count) - 1],
);
