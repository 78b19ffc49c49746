import { expect, test } from "bun:test";
import { within } from "../../src/limit.ts";
import { rejectionOf, summary } from "./../support/faults.ts";

const never = new Promise<never>(() => {});

test("what is done in time comes back", async () => {
  expect(await within({ seconds: 60, step: "x" }, Promise.resolve(7))).toBe(7);
});

test("what fails in time fails as it did", async () => {
  const work = Promise.reject(new Error("broken"));
  expect(within({ seconds: 60, step: "x" }, work)).rejects.toThrow("broken");
});

test("a deadline that passes is a timeout fault that names the step and the limit", async () => {
  const fault = await rejectionOf(within({ seconds: 0.01, step: "the answer" }, never));
  expect(summary(fault)).toBe("timeout: the answer took longer than 0.01 s");
});

test("an abort ends the wait with its reason", async () => {
  const controller = new AbortController();
  const waiting = within({ seconds: 60, step: "x", signal: controller.signal }, never);
  controller.abort(new Error("enough"));
  expect(waiting).rejects.toThrow("enough");
});

test("an abort that came before ends the wait at once", async () => {
  const signal = AbortSignal.abort(new Error("before"));
  expect(within({ seconds: 60, step: "x", signal }, never)).rejects.toThrow("before");
});

test("what fails after its deadline is nobody's unhandled rejection", async () => {
  const late = Promise.withResolvers<never>();
  await rejectionOf(within({ seconds: 0.001, step: "x" }, late.promise));
  late.reject(new Error("too late to matter"));
  await new Promise((resolve) => setImmediate(resolve));
});
