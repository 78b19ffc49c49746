/**
 * Servers are ended with kill -9 at random moments under load, one after the other, on one store.
 * TLSLP_TEST_ROUNDS sets how often, and TLSLP_TEST_SEED the moments.
 */
import { afterAll, expect, setDefaultTimeout, test } from "bun:test";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import {
  eventually,
  expectKept,
  makeStorePlace,
  readEntries,
  sendParticipants,
  startIntakeServer,
} from "../../support/intake.ts";
import { awkwardAnswers, type Ending, takePart } from "../../support/participants.ts";
import { makeCredentialsFolder } from "../../support/peers.ts";
import { startPostgres } from "../../support/postgres.ts";

const ROUNDS = Number(process.env["TLSLP_TEST_ROUNDS"] ?? 12);
const SEED = Number(process.env["TLSLP_TEST_SEED"] ?? Date.now() % 1_000_000);
/** The longest time from a server's start to its end, in milliseconds. */
const LONGEST = 400;

setDefaultTimeout(60_000 + ROUNDS * 3000);

const credentials = await makeCredentialsFolder();
afterAll(() => credentials[Symbol.dispose]());

/** Kills servers of one store; checks that everyone who saw DONE is there, and no other client. */
async function crash(store: string, url: string): Promise<void> {
  process.stderr.write(`kill -9 with ${store}: TLSLP_TEST_SEED=${SEED}\n`);
  const moments = fc.array(fc.nat(LONGEST), { minLength: ROUNDS, maxLength: ROUNDS });
  const [delays = []] = fc.sample(moments, { seed: SEED, numRuns: 1 });
  const endings: Ending[] = [];
  for (const [round, delay] of delays.entries()) {
    await using server = await startIntakeServer(credentials, ["--store", url]);
    const load = sendParticipants(server.port, 16, `round ${round}`);
    if (round === 0) {
      // On a busy machine no round may last until a client is done.
      await eventually(() => load.endings.some(({ sawDone }) => sawDone));
    }
    await Bun.sleep(delay);
    server.program.kill("SIGKILL");
    await server.program.ended();
    endings.push(...(await load.stop()));
  }
  const submissions = expectKept(await readEntries(url), endings);
  const promised = endings.filter(({ sawDone }) => sawDone).length;
  process.stderr.write(
    `${ROUNDS} crashes: ${promised} clients saw DONE, ${submissions.length} are in the store\n`,
  );
  expect(promised).toBeGreaterThan(0);
}

test(`every client that saw DONE is in SQLite after ${ROUNDS} crashes`, async () => {
  using place = makeStorePlace();
  await crash("SQLite", place.url);
});

test(`every client that saw DONE is in PostgreSQL after ${ROUNDS} crashes`, async () => {
  await using postgres = await startPostgres();
  await crash("PostgreSQL", await postgres.createPlace());
});

test("the on-pass command gets every submission at least once, crash or no crash", async () => {
  using place = makeStorePlace();
  const got = join(place.folder, "got");
  const command = join(place.folder, "on-pass");
  mkdirSync(got);
  writeFileSync(command, `#!/bin/sh\nsleep 0.1\ncat >"${got}/$$"\n`, { mode: 0o755 });
  const args = ["--store", place.url, "--on-pass", command, "--on-pass-limit", "2"];
  const endings: Ending[] = [];
  {
    await using server = await startIntakeServer(credentials, args);
    for (let client = 0; client < 8; client += 1) {
      const target = { port: server.port, tls: { rejectUnauthorized: false } };
      endings.push(await takePart(target, awkwardAnswers(`client ${client}`)));
    }
    server.program.kill("SIGKILL");
    await server.program.ended();
  }
  const submissions = expectKept(await readEntries(place.url), endings);
  expect(submissions).toHaveLength(8);

  await using _ = await startIntakeServer(credentials, args);
  const ids = () =>
    readdirSync(got)
      .map((name) => readFileSync(join(got, name), "utf8"))
      .filter((text) => text.endsWith("\n"))
      .map((text) => JSON.parse(text).id);
  await eventually(() => new Set(ids()).size === submissions.length);
  expect(new Set(ids())).toEqual(new Set(submissions.map(({ id }) => id)));
  expect(existsSync(place.path)).toBe(true);
});
