import { expect, test } from "bun:test";
import { type Fault, oldFault } from "../../../src/fault/fault.ts";
import type { ServerEvent, Session } from "../../../src/server/events.ts";
import { createOnlySession } from "../../../src/tutorial/session.ts";
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

/** A tutorial and a service that drains when it is told to. */
function start() {
  const shown: string[] = [];
  const drained = Promise.withResolvers<void>();
  let drains = 0;
  const only = createOnlySession((text) => shown.push(text));
  const end = only.end({
    port: 1,
    renew: () => undefined,
    drain() {
      drains += 1;
      return drained.promise;
    },
  });
  return { ...only, shown, end, drained, drains: () => drains };
}

test("lets nobody in once its session is open, and not before", async () => {
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

test("ends as its session did, not as one that came too late", async () => {
  const { observe, drained, end, shown } = start();
  observe(opened(first));
  observe(opened(second));
  observe(finished(first, oldFault("protocol", "wrong")));
  observe(finished(second, oldFault("timeout", "late")));
  drained.resolve();
  expect(summary(await rejectionOf(end))).toBe("protocol: wrong");
  expect(shown.join("")).not.toContain(second.peer);
});
