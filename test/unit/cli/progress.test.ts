import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { fit } from "../../../src/cli/progress.ts";

describe("a line that fits", () => {
  const parts = ["12.3 M tried", "45.6 MH/s", "52.0 % likely by now"];

  test("has all parts where there is room", () => {
    expect(fit(parts, 80)).toBe("12.3 M tried, 45.6 MH/s, 52.0 % likely by now");
  });

  test("leaves out whole parts from the end", () => {
    expect(fit(parts, 45)).toBe("12.3 M tried, 45.6 MH/s");
    expect(fit(parts, 20)).toBe("12.3 M tried");
  });

  test("cuts the first part when it does not fit alone", () => {
    expect(fit(parts, 5)).toBe("12.3");
    expect(fit(parts, 1)).toBe("");
  });

  test("is never as wide as the terminal, whatever it holds", () => {
    fc.assert(
      fc.property(
        fc.array(fc.string()),
        fc.integer({ min: 1, max: 200 }),
        (texts, columns) => fit(texts, columns).length < columns,
      ),
    );
  });
});
