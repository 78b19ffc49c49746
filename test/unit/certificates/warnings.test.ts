import { describe, expect, test } from "bun:test";
import type { Expiry } from "../../../src/certificates/expiry.ts";
import { warnOfExpiries, warnOfFindings } from "../../../src/certificates/warnings.ts";
import { Fault } from "../../../src/fault/fault.ts";
import { createMemoryLog } from "../../support/memory-log.ts";

const DAY = 24 * 60 * 60 * 1000;
const file = { path: "cert.pem", purpose: "cert" } as const;

function expiresIn(days: number, notice = 14): Expiry {
  return { file, date: new Date(days * DAY), notice };
}

/** Returns the records that are written on the first of January 1970, at midnight. */
function warningsAbout(expiries: readonly Expiry[]): readonly string[] {
  const log = createMemoryLog();
  warnOfExpiries(expiries, log, new Date(0));
  return log.records.map(({ level, message }) => `${level} ${message}`);
}

describe("a certificate that expires", () => {
  test("is logged two weeks before, and not earlier", () => {
    expect(warningsAbout([expiresIn(14.1), expiresIn(13.9)])).toEqual([
      "warn the certificate expires soon",
    ]);
  });

  test("may be logged earlier or later", () => {
    expect(warningsAbout([expiresIn(1.1, 1), expiresIn(0.9, 1)])).toHaveLength(1);
  });

  test("is an error once it has expired", () => {
    expect(warningsAbout([expiresIn(-1)])).toEqual(["error the certificate has expired"]);
  });

  test("is named by its subject, if its file holds several", () => {
    const log = createMemoryLog();
    warnOfExpiries([{ ...expiresIn(1), subject: "CN=one" }], log, new Date(0));
    const [record] = log.records;
    expect(record?.values).toMatchObject({ path: "cert.pem", subject: "CN=one" });
  });
});

test("each certificate that is set aside, or that peers may refuse, is a warning", () => {
  const log = createMemoryLog();
  const fault = new Fault("authorityWithoutRoot", { file });
  const barred = new Fault("trustedForItself", { file });
  warnOfFindings({ expiries: [], setAside: [fault], warnings: [fault, barred] }, log);
  expect(log.records).toMatchObject([
    {
      level: "warn",
      message: "a certificate or list is not used",
      values: { reason: fault.message },
    },
    {
      level: "warn",
      message: "peers may refuse our certificates",
      values: { reason: fault.message },
    },
    { level: "warn", message: "we may refuse our peers", values: { reason: barred.message } },
  ]);
});
