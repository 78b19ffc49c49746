import { expect, test } from "bun:test";
import type { State } from "../../../src/runtime/sd-notify.ts";
import { inOrder } from "../../../src/server/systemd.ts";

/** A supervisor that takes its time: it hears the next thing when `listen` is called. */
function createSlowSupervisor() {
  const heard: State[] = [];
  let gate = Promise.withResolvers<void>();
  return {
    heard,
    listen() {
      gate.resolve();
      gate = Promise.withResolvers();
    },
    async notify(state: State) {
      await gate.promise;
      heard.push(state);
    },
  };
}

test("a supervisor hears one thing after the other", async () => {
  const { heard, listen, notify } = createSlowSupervisor();
  const tell = inOrder(notify);
  const reloading = tell("reloading");
  const ready = tell("ready");

  await Promise.resolve();
  listen();
  await reloading;
  expect(heard).toEqual(["reloading"]);

  await Promise.resolve();
  listen();
  await ready;
  expect(heard).toEqual(["reloading", "ready"]);
});

test("the last that it hears is that we are stopping, whatever was still to be told", async () => {
  const heard: State[] = [];
  const tell = inOrder(async (state) => void heard.push(state));
  await tell("ready");

  await Promise.all([tell("reloading"), tell("stopping"), tell("ready")]);

  expect(heard).toEqual(["ready", "stopping"]);
});
