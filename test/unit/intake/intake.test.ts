/**
 * The steps of a server's sessions, with a store in a file and a command that is run.
 */
import { afterAll, describe, expect, test } from "bun:test";
import {
  chmodSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { PeerText } from "../../../src/fault/define.ts";
import { Fault } from "../../../src/fault/fault.ts";
import { exportLine } from "../../../src/intake/export.ts";
import { type IntakeEvent, startIntake } from "../../../src/intake/intake.ts";
import { checkCommand, startOnPass } from "../../../src/intake/on-pass.ts";
import { makeOpening } from "../../../src/intake/opening.ts";
import { plainQuestions } from "../../../src/intake/questions/questionnaire.ts";
import { checkedQuestions } from "../../../src/intake/questions/questions.ts";
import { makeReceiptKeys, readReceiptKey, verifyReceipt } from "../../../src/intake/receipts.ts";
import type { RequestName } from "../../../src/wire/message.ts";
import { faultOf, rejectionOf, summary } from "../../support/faults.ts";
import { makeFolder } from "../../support/processes.ts";
import { ANSWERS, all, attempt, open, participant, submission } from "./samples.ts";

const folder = makeFolder();
afterAll(() => folder[Symbol.dispose]());
const newPlace = () => mkdtempSync(join(folder.path, "place-"));

const FACTS = {
  participant: participant("Ada"),
  address: "127.0.0.1:5000",
  bits: 18,
  workSeconds: 1,
};
const GIVEN = new Map(Object.entries(ANSWERS) as [RequestName, string][]);
const observe = () => undefined;

describe("an intake", () => {
  test("keeps answers, a receipt, and that OK came", async () => {
    const place = newPlace();
    const { privateKey, publicKey } = makeReceiptKeys();
    writeFileSync(join(place, "key.pem"), privateKey, { mode: 0o600 });
    writeFileSync(join(place, "pub.pem"), publicKey);
    const store = await open(`sqlite:${join(place, "intake.db")}`);
    const receipts = readReceiptKey(join(place, "key.pem"));
    const intake = startIntake({ questionnaire: plainQuestions(), store, receipts, observe });
    const kept = await intake.keep(FACTS, new Map([...GIVEN].reverse()));
    intake.acknowledge(kept);
    await intake.keep(FACTS, new Map([["COUNTRY", "DE"]]));
    await intake.close();

    const again = await open(`sqlite:${join(place, "intake.db")}`);
    const [first, second] = await all(again);
    expect(first).toMatchObject({ answers: ANSWERS, isAcknowledged: true, receipt: kept?.receipt });
    expect(Object.keys(first?.answers ?? {})).toEqual(Object.keys(ANSWERS));
    expect(second).toMatchObject({ answers: { COUNTRY: "DE" }, isAcknowledged: false });
    const claims = await verifyReceipt(kept?.receipt ?? "", join(place, "pub.pem"));
    expect(claims.jti).toBe(kept?.id ?? "");
    await again.close();
  });

  test("without a store checks answers and forgets them", async () => {
    const intake = startIntake({ questionnaire: checkedQuestions(), observe });
    await intake.admit(undefined);
    intake.checkAnswer("EMAIL1", "ada@example.org");
    const fault = faultOf(() => intake.checkAnswer("EMAIL1", "banana"));
    expect(summary(fault)).toBe(
      "refused: EMAIL1: must be an e-mail address, such as name@example.org",
    );
    expect(await intake.keep(FACTS, GIVEN)).toBeUndefined();
    intake.acknowledge(undefined);
    intake.noteAttempt(FACTS, "EMAIL1", fault);
    expect(intake.health).toEqual({ isOk: true });
    await intake.close();
  });

  test("admits a participant as often as there are passes, and while it is open", async () => {
    const store = await open(`sqlite:${join(newPlace(), "intake.db")}`);
    const opening = makeOpening("2020-01-01T00:00:00Z", undefined);
    const intake = startIntake({
      questionnaire: plainQuestions(),
      store,
      opening,
      passes: 1,
      observe,
    });
    await intake.admit(FACTS.participant);
    await intake.keep(FACTS, GIVEN);
    const already = "refused: you have answered already";
    expect(summary(await rejectionOf(intake.admit(FACTS.participant)))).toBe(already);
    expect(summary(await rejectionOf(intake.keep(FACTS, GIVEN)))).toBe(already);
    await intake.admit(participant("Bob"));
    await intake.admit(undefined);
    await intake.close();

    const late = makeOpening(undefined, "2020-01-01T00:00:00Z");
    const closed = startIntake({ questionnaire: plainQuestions(), opening: late, observe });
    expect(summary(await rejectionOf(closed.admit(undefined)))).toBe(
      "refused: closed since 2020-01-01T00:00:00Z",
    );
    await closed.close();
  });

  test("notes attempts with their outcome, without text of the client", async () => {
    const store = await open(`sqlite:${join(newPlace(), "intake.db")}`);
    const intake = startIntake({ questionnaire: plainQuestions(), store, observe });
    const faults = [
      new Fault("wrongAnswer", { expected: "OK", line: new PeerText("secret") }),
      new Fault("invalidAnswer", { request: "EMAIL1", rule: "must be an e-mail address" }),
      new Fault("closedByPeer", {}),
      new Fault("timedOut", { step: "the answer to EMAIL1", seconds: 10 }),
      new Fault("answersNotKept", {}),
      new Fault("unexpected", { message: "bug" }),
    ];
    for (const fault of faults) {
      intake.noteAttempt(FACTS, "EMAIL1", fault);
    }
    await intake.close();
    const again = await open(store.name);
    const entries = (await all(again)).toSorted((some, other) => (some.id < other.id ? -1 : 1));
    expect(entries.map(({ outcome }) => outcome)).toEqual([
      "invalid",
      "invalid",
      "incomplete",
      "timeout",
      "refused",
      "refused",
    ]);
    expect(JSON.stringify(entries)).not.toContain("secret");
    await again.close();
  });

  test("keeps no answers while the file of its store is away", async () => {
    const path = join(newPlace(), "intake.db");
    const events: IntakeEvent[] = [];
    const store = await open(`sqlite:${path}`, { patience: 0.05, probeInterval: 20 });
    const intake = startIntake({
      questionnaire: plainQuestions(),
      store,
      passes: 1,
      observe: (event) => void events.push(event),
    });
    const kept = await intake.keep(FACTS, GIVEN);
    renameSync(path, `${path}.away`);
    const failed = "refused: the answers could not be kept, try again later";
    expect(summary(await rejectionOf(intake.admit(participant("Bob"))))).toBe(failed);
    expect(
      summary(await rejectionOf(intake.keep({ ...FACTS, participant: participant("Bob") }, GIVEN))),
    ).toBe(failed);
    expect(intake.health.isOk).toBe(false);
    intake.acknowledge(kept);
    renameSync(`${path}.away`, path);
    await intake.close();
    expect(events.every(({ type }) => type === "note not kept")).toBe(true);
  });

  test("erases entries that are too old", async () => {
    const store = await open(`sqlite:${join(newPlace(), "intake.db")}`);
    await store.recordAttempt(attempt("Ada", "timeout", new Date("2020-01-01T00:00:00Z")));
    await store.record(submission());
    const { promise, resolve } = Promise.withResolvers<IntakeEvent>();
    const intake = startIntake({
      questionnaire: plainQuestions(),
      store,
      retainDays: 180,
      observe: resolve,
    });
    expect(await promise).toEqual({ type: "old entries erased", count: 1 });
    expect((await all(store)).map(({ isErased }) => isErased)).toEqual([true, false]);
    await intake.close();
  });
});

describe("an on-pass command", () => {
  function command(place: string, script: string): string {
    const path = join(place, "on-pass");
    writeFileSync(path, `#!/bin/sh\n${script}\n`);
    chmodSync(path, 0o755);
    return path;
  }

  /** Returns one of a moment ago: a start looks for those that came before it. */
  function earlierSubmission() {
    return submission("Ada", {}, new Date(Date.now() - 1000));
  }

  function isRunning(pid: number): boolean {
    try {
      return process.kill(pid, 0);
    } catch {
      return false;
    }
  }

  test("gets each submission once, as its exported line, and few run at once", async () => {
    const place = newPlace();
    const path = command(
      place,
      `cd "${place}"; mkdir run.$$; ls -d run.* 2>/dev/null | wc -l >>counts; cat >$$.json
      echo said; echo "and more" >&2; sleep 0.05; rmdir run.$$`,
    );
    const store = await open(`sqlite:${join(place, "intake.db")}`);
    const events: IntakeEvent[] = [];
    const intake = startIntake({
      questionnaire: plainQuestions(),
      store,
      onPass: { command: path, limit: 2 },
      observe: (event) => void events.push(event),
    });
    const kept = await Promise.all([1, 2, 3, 4, 5].map(() => intake.keep(FACTS, GIVEN)));
    while (events.filter(({ type }) => type === "on-pass handled").length < 5) {
      await Bun.sleep(10);
    }
    expect(await store.pending(new Date(Date.now() + 1000), 9)).toEqual([]);
    const lines = readdirSync(place)
      .filter((name) => name.endsWith(".json"))
      .map((name) => readFileSync(join(place, name), "utf8"));
    const wanted = await Promise.all(kept.map(async (one) => store.find(one?.id ?? "")));
    expect(lines.sort()).toEqual(wanted.map((entry) => (entry ? exportLine(entry) : "")).sort());
    const said = events.filter((event) => event.type === "on-pass output").map(({ line }) => line);
    expect(new Set(said)).toEqual(new Set(["said", "and more"]));
    const counts = readFileSync(join(place, "counts"), "utf8").trim().split("\n").map(Number);
    expect(counts).toHaveLength(5);
    expect(Math.max(...counts)).toBeLessThanOrEqual(2);
    await intake.close();
  });

  test("without an interpreter is said to need one", async () => {
    const place = newPlace();
    const store = await open(`sqlite:${join(place, "intake.db")}`);
    const sent = earlierSubmission();
    await store.record(sent, { isPending: true });
    const path = command(place, "");
    writeFileSync(path, "exit 0\n");
    const { promise, resolve } = Promise.withResolvers<IntakeEvent>();
    const running = startOnPass({ command: path, limit: 4, store, observe: resolve });
    expect(await promise).toEqual({
      type: "on-pass failed",
      id: sent.id,
      reason: "it is not a program of this system, and does not begin with #! and an interpreter",
    });
    await running.stop(10);
    await store.close();
  });

  test("that fails is run again, also by the next process", async () => {
    const place = newPlace();
    const store = await open(`sqlite:${join(place, "intake.db")}`);
    const sent = earlierSubmission();
    await store.record(sent, { isPending: true });
    const failures: string[] = [];
    const first = startOnPass({
      limit: 4,
      command: command(place, `[ -e "${place}/ready" ] || exit 3`),
      store,
      interval: 0.05,
      observe: (event) => event.type === "on-pass failed" && failures.push(event.reason),
    });
    while (failures.length < 2) {
      await Bun.sleep(10);
    }
    expect(failures[0]).toBe("it exited with 3");
    await first.stop(10);
    expect(await store.pending(new Date(Date.now() + 1000), 9)).toHaveLength(1);

    writeFileSync(join(place, "ready"), "");
    const { promise, resolve } = Promise.withResolvers<string>();
    const second = startOnPass({
      limit: 4,
      command: join(place, "on-pass"),
      store,
      observe: (event) => resolve(`${event.type} ${event.id}`),
    });
    expect(await promise).toBe(`on-pass handled ${sent.id}`);
    await second.stop(10);
    await store.close();
  });

  test("that succeeds is not said to fail where the store cannot record it", async () => {
    const place = newPlace();
    const path = join(place, "intake.db");
    const store = await open(`sqlite:${path}`, { patience: 0.05, probeInterval: 20 });
    const sent = submission();
    await store.record(sent, { isPending: true });
    const { promise, resolve } = Promise.withResolvers<IntakeEvent>();
    const running = startOnPass({
      limit: 4,
      command: command(place, `mv "${path}" "${path}.away"`),
      store,
      observe: resolve,
    });
    expect(await promise).toEqual({ type: "on-pass not recorded", id: sent.id });
    renameSync(`${path}.away`, path);
    await running.stop(10);
    expect(await store.pending(new Date(Date.now() + 1000), 9)).toEqual([sent.id]);
    await store.close();
  });

  test("that takes too long is ended, with the programs that it started", async () => {
    const place = newPlace();
    const store = await open(`sqlite:${join(place, "intake.db")}`);
    await store.record(earlierSubmission(), { isPending: true });
    const { promise, resolve } = Promise.withResolvers<string>();
    const running = startOnPass({
      limit: 4,
      command: command(place, `sleep 60 & echo $! >"${place}/pid"; wait`),
      store,
      seconds: 2,
      observe: (event) => event.type === "on-pass failed" && resolve(event.reason),
    });
    expect(await promise).toBe("it was ended after 2 s");
    const started = Number(readFileSync(join(place, "pid"), "utf8"));
    while (isRunning(started)) {
      await Bun.sleep(10);
    }
    await running.stop(10);
    await store.close();
  });

  test("that runs for too long is ended with the server, and is run again later", async () => {
    const place = newPlace();
    const store = await open(`sqlite:${join(place, "intake.db")}`);
    await store.record(earlierSubmission(), { isPending: true });
    const events: string[] = [];
    const running = startOnPass({
      limit: 4,
      command: command(place, "echo begun; exec sleep 60"),
      store,
      observe: (event) => void events.push(event.type),
    });
    while (events.length === 0) {
      await Bun.sleep(10);
    }
    await running.stop(0);
    expect(events.at(-1)).toBe("on-pass failed");
    expect(await store.pending(new Date(Date.now() + 1000), 9)).toHaveLength(1);
    await store.close();
  });

  test("that ignores SIGTERM holds up the end of the server for two seconds", async () => {
    const place = newPlace();
    const store = await open(`sqlite:${join(place, "intake.db")}`);
    await store.record(submission(), { isPending: true });
    const { promise, resolve } = Promise.withResolvers<void>();
    const reasons: string[] = [];
    const running = startOnPass({
      limit: 4,
      command: command(place, "trap '' TERM; echo begun; sleep 60"),
      store,
      observe(event) {
        resolve();
        if (event.type === "on-pass failed") {
          reasons.push(event.reason);
        }
      },
    });
    await promise;
    const begin = performance.now();
    await running.stop(0);
    expect(performance.now() - begin).toBeLessThan(20_000);
    expect(reasons).toEqual(["it was ended by SIGKILL"]);
    await store.close();
  });

  test("must be there, and be executable", () => {
    const place = newPlace();
    writeFileSync(join(place, "text"), "");
    expect(summary(faultOf(() => checkCommand(join(place, "none"))))).toBe(
      `usage: onPass: ${place}/none does not exist`,
    );
    for (const path of [place, join(place, "text")]) {
      expect(summary(faultOf(() => checkCommand(path)))).toBe(
        `usage: onPass: ${path} is not an executable file`,
      );
    }
  });
});
