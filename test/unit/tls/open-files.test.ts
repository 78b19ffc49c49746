import { expect, test } from "bun:test";
import { affordableConnections, parseDescriptorLimit } from "../../../src/tls/open-files.ts";

test("the soft limit is read", () => {
  const limits = `Limit                     Soft Limit           Hard Limit           Units
Max processes             95985                95985                processes
Max open files            1024                 524288               files
`;
  expect(parseDescriptorLimit(limits)).toBe(1024);
});

test("an unlimited or unreadable limit is infinite", () => {
  expect(parseDescriptorLimit("Max open files unlimited unlimited files")).toBe(
    Number.POSITIVE_INFINITY,
  );
  expect(parseDescriptorLimit("")).toBe(Number.POSITIVE_INFINITY);
});

test("few connections are always affordable, and never more than wanted", () => {
  expect(affordableConnections(1)).toBe(1);
  expect(affordableConnections(1e9)).toBeLessThanOrEqual(1e9);
});
