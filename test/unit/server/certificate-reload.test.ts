import { describe, expect, test } from "bun:test";
import type { Expiry } from "../../../src/certificates/expiry.ts";
import type { Findings, TlsConfig } from "../../../src/certificates/tls-config.ts";
import { oldFault } from "../../../src/fault/fault.ts";
import type { InputFile } from "../../../src/io/input.ts";
import { warnOfExpiries, watchCertificates } from "../../../src/server/certificate-reload.ts";
import { makeCredentials } from "../../support/certificates.ts";
import { createMemoryLog } from "../../support/memory-log.ts";

const DAY = 24 * 60 * 60 * 1000;
const file: InputFile = { path: "cert.pem", purpose: "cert" };
const { authority, server } = await makeCredentials();
const credentials: TlsConfig = { identity: server, trust: { authorities: authority.cert } };

const NONE: Findings = { expiries: [], setAside: [], warnings: [] };

function expiresIn(days: number, notice = 14): Expiry {
  return { file, date: new Date(days * DAY), notice };
}

/** What is said on the first of January 1970, at midnight. */
function saidOf(expiries: readonly Expiry[]): readonly string[] {
  const log = createMemoryLog();
  warnOfExpiries(expiries, log, new Date(0));
  return log.records.map(({ level, message }) => `${level} ${message}`);
}

describe("what expires", () => {
  test("is said two weeks before, and not earlier", () => {
    expect(saidOf([expiresIn(14.1), expiresIn(13.9)])).toEqual([
      "warn the certificate expires soon",
    ]);
  });

  test("may have another notice", () => {
    expect(saidOf([expiresIn(1.1, 1), expiresIn(0.9, 1)])).toHaveLength(1);
  });

  test("is an error once it has", () => {
    expect(saidOf([expiresIn(-1)])).toEqual(["error the certificate has expired"]);
  });
});

describe("a reload", () => {
  test("renews, and warns of what the new files hold", async () => {
    const log = createMemoryLog();
    const renewed: TlsConfig[] = [];
    const watch = watchCertificates({
      findings: NONE,
      read: async () => ({ ...credentials, ...NONE, expiries: [expiresIn(-1)] }),
      renew: (next) => void renewed.push(next),
      log,
    });

    await watch.reload();

    watch.stop();
    expect(renewed).toMatchObject([credentials]);
    expect(log.records.map(({ message }) => message)).toEqual([
      "certificates reloaded",
      "the certificate has expired",
    ]);
  });

  test("that fails changes nothing, and says why and what helps", async () => {
    const log = createMemoryLog();
    const watch = watchCertificates({
      findings: NONE,
      read: () => Promise.reject(oldFault("usage", "no good", { hint: "be better" })),
      renew: () => expect.unreachable(),
      log,
    });

    await watch.reload();

    watch.stop();
    expect(log.records).toEqual([
      {
        level: "error",
        message: "certificates not reloaded, the old ones stay",
        values: { reason: "no good", hint: "be better" },
      },
    ]);
  });

  test("waits for the one before it", async () => {
    const log = createMemoryLog();
    const first = Promise.withResolvers<void>();
    const order: string[] = [];
    const reads = [first.promise, Promise.resolve()];
    const watch = watchCertificates({
      findings: NONE,
      async read() {
        order.push("read");
        await reads.shift();
        return { ...credentials, ...NONE };
      },
      renew: () => void order.push("renew"),
      log,
    });

    const both = [watch.reload(), watch.reload()];
    first.resolve();
    await Promise.all(both);

    watch.stop();
    expect(order).toEqual(["read", "renew", "read", "renew"]);
  });
});
