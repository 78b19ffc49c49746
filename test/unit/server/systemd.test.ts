import { expect, test } from "bun:test";
import type { State } from "../../../src/runtime/sd-notify.ts";
import { inOrder } from "../../../src/server/systemd.ts";

/** A slow supervisor: it takes the next notification when `takeNext` is called. */
function createSlowSupervisor() {
  const notifications: State[] = [];
  let gate = Promise.withResolvers<void>();
  return {
    notifications,
    takeNext() {
      gate.resolve();
      gate = Promise.withResolvers();
    },
    async notify(state: State) {
      await gate.promise;
      notifications.push(state);
    },
  };
}

test("a supervisor is notified of one state after the other", async () => {
  const { notifications, takeNext, notify } = createSlowSupervisor();
  const tell = inOrder(notify);
  const reloading = tell("reloading");
  const ready = tell("ready");

  await Promise.resolve();
  takeNext();
  await reloading;
  expect(notifications).toEqual(["reloading"]);

  await Promise.resolve();
  takeNext();
  await ready;
  expect(notifications).toEqual(["reloading", "ready"]);
});

test("the last notification is the stop, whatever was waiting", async () => {
  const notifications: State[] = [];
  const tell = inOrder(async (state) => void notifications.push(state));
  await tell("ready");

  await Promise.all([tell("reloading"), tell("stopping"), tell("ready")]);

  expect(notifications).toEqual(["ready", "stopping"]);
});
