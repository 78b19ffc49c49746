import { expect, test } from "bun:test";
import { Fault } from "../../../src/fault/fault.ts";
import type { ServerEvent, Session } from "../../../src/server/events.ts";
import { createTutorialSession } from "../../../src/tutorial/session.ts";
import { rejectionOf, summary } from "../../support/faults.ts";

const session = (id: number): Session => ({
  id,
  peer: `192.0.2.${id}:9`,
  identity: undefined,
  tlsVersion: "TLSv1.3",
  cipher: "TLS_AES_128_GCM_SHA256",
  traffic: { received: 0, sent: 0 },
});

const [first, second] = [session(1), session(2)];
const opened = (session: Session): ServerEvent => ({ type: "session opened", session });
const finished = (session: Session, fault?: Fault): ServerEvent => ({
  type: "session finished",
  session,
  step: "HELLO",
  fault,
  seconds: 1,
});

/** Starts a tutorial with a server that drains when the test says so. */
function start() {
  const shown: string[] = [];
  const drained = Promise.withResolvers<void>();
  let drains = 0;
  const tutorial = createTutorialSession((text) => shown.push(text));
  const end = tutorial.end({
    drain() {
      drains += 1;
      return drained.promise;
    },
  });
  return { ...tutorial, shown, end, drained, drains: () => drains };
}

test("keeps other clients out once its session is open, and not before", async () => {
  const { observe, drains, drained, end } = start();
  await Promise.resolve();
  expect(drains()).toBe(0);
  observe(opened(first));
  await Promise.resolve();
  expect(drains()).toBe(1);
  observe(finished(first));
  drained.resolve();
  await end;
});

test("ends as its session ended, not as a later one", async () => {
  const { observe, drained, end, shown } = start();
  observe(opened(first));
  observe(opened(second));
  observe(finished(first, new Fault("emptySuffix", {})));
  observe(finished(second, new Fault("timedOut", { step: "WORK", seconds: 1 })));
  drained.resolve();
  expect(summary(await rejectionOf(end))).toBe(
    "protocol: the suffix is empty, expected 1 character or more",
  );
  expect(shown.join("")).not.toContain(second.peer);
});
