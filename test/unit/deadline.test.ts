import { describe, expect, test } from "bun:test";
import { Alarm, withTimeout } from "../../src/deadline.ts";
import { rejectionOf, summary } from "../support/faults.ts";

const never = new Promise<never>(() => {});

test("what is done in time comes back", async () => {
  expect(await withTimeout({ seconds: 60, step: "x" }, Promise.resolve(7))).toBe(7);
});

test("what fails in time fails as it did", async () => {
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

test("an abort that came before ends the wait at once", async () => {
  const signal = AbortSignal.abort(new Error("before"));
  expect(withTimeout({ seconds: 60, step: "x", signal }, never)).rejects.toThrow("before");
});

test("what fails after its deadline is nobody's unhandled rejection", async () => {
  const late = Promise.withResolvers<never>();
  await rejectionOf(withTimeout({ seconds: 0.001, step: "x" }, late.promise));
  late.reject(new Error("too late to matter"));
  await new Promise((resolve) => setImmediate(resolve));
});

describe("an alarm", () => {
  const first = 0.01;
  const second = 0.03;
  const never = 60;

  /** Resolves when an alarm rings that is treated like this; after how many milliseconds. */
  async function heard(treat: (alarm: Alarm) => void): Promise<number> {
    const rung = Promise.withResolvers<void>();
    const alarm = new Alarm(rung.resolve);
    const begun = performance.now();
    treat(alarm);
    await rung.promise;
    alarm.stop();
    return performance.now() - begun;
  }

  test("rings for the step that is going on, not for those before", async () => {
    const milliseconds = await heard((alarm) => {
      alarm.set(first);
      alarm.clear();
      alarm.set(second);
    });
    expect(milliseconds).toBeGreaterThanOrEqual(30);
  });

  test("rings in time for a step whose deadline is before the last one's", async () => {
    const milliseconds = await heard((alarm) => {
      alarm.set(never);
      alarm.set(first);
    });
    expect(milliseconds).toBeLessThan(30_000);
  });

  test("does not ring before the deadline", async () => {
    const begun = performance.now();
    await heard((alarm) => {
      alarm.set(first);
      alarm.set(second);
    });
    expect(performance.now() - begun).toBeGreaterThanOrEqual(30);
  });

  for (const how of ["clear", "stop"] as const) {
    test(`rings no more after ${how}`, async () => {
      let isRung = false;
      const alarm = new Alarm(() => {
        isRung = true;
      });
      alarm.set(first);
      alarm[how]();
      await heard((other) => other.set(second));
      alarm.stop();
      expect(isRung).toBe(false);
    });
  }
});
