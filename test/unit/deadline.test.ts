import { expect, test } from "bun:test";
import { withTimeout } from "../../src/deadline.ts";
import { rejectionOf, summary } from "../support/faults.ts";

const never = new Promise<never>(() => {});

test("the result of work that ends in time is returned", async () => {
  expect(await withTimeout({ seconds: 60, step: "x" }, Promise.resolve(7))).toBe(7);
});

test("work that fails in time throws its own error", async () => {
  const work = Promise.reject(new Error("broken"));
  expect(withTimeout({ seconds: 60, step: "x" }, work)).rejects.toThrow("broken");
});

test("a deadline that passes is a timeout fault that names the step and the limit", async () => {
  const fault = await rejectionOf(withTimeout({ seconds: 0.01, step: "the answer" }, never));
  expect(summary(fault)).toBe("timeout: the answer took longer than 0.01 s");
});

test("an abort ends the wait with its reason", async () => {
  const controller = new AbortController();
  const waiting = withTimeout({ seconds: 60, step: "x", signal: controller.signal }, never);
  controller.abort(new Error("enough"));
  expect(waiting).rejects.toThrow("enough");
});

test("a signal that was aborted before ends the wait at once", async () => {
  const signal = AbortSignal.abort(new Error("before"));
  expect(withTimeout({ seconds: 60, step: "x", signal }, never)).rejects.toThrow("before");
});

test("work that fails after its deadline causes no unhandled rejection", async () => {
  const late = Promise.withResolvers<never>();
  await rejectionOf(withTimeout({ seconds: 0.001, step: "x" }, late.promise));
  late.reject(new Error("too late to matter"));
  await new Promise((resolve) => setImmediate(resolve));
});
