import { expect, test } from "bun:test";
import type { Findings, TlsConfig } from "../../../src/certificates/tls-config.ts";
import { Fault } from "../../../src/fault/fault.ts";
import {
  type CertificateReloaderOptions,
  createCertificateReloader,
} from "../../../src/server/certificate-reload.ts";
import { makeCredentials } from "../../support/certificates.ts";
import { createMemoryLog } from "../../support/memory-log.ts";

const file = { path: "cert.pem", purpose: "cert" } as const;
const { authority, server } = await makeCredentials();
const config: TlsConfig = { identity: server, trust: { authorities: authority.cert } };
const NONE: Findings = { expiries: [], setAside: [], warnings: [] };

function createReloader(options: Partial<CertificateReloaderOptions>) {
  const log = createMemoryLog();
  const reloader = createCertificateReloader({
    findings: NONE,
    read: async () => ({ ...config, ...NONE }),
    use: () => undefined,
    hintFor: () => undefined,
    log,
    observe: () => undefined,
    ...options,
  });
  return { ...reloader, log };
}

test("a reload uses the new files, and warns of their findings", async () => {
  const used: TlsConfig[] = [];
  const setAside = [new Fault("authorityWithoutRoot", { file })];
  const expiries = [{ file, date: new Date(0), notice: 14 }];
  const { reload, stop, log } = createReloader({
    read: async () => ({ ...config, ...NONE, setAside, expiries }),
    use: (next) => void used.push(next),
  });

  await reload();

  stop();
  expect(used).toMatchObject([config]);
  expect(log.records.map(({ message }) => message)).toEqual([
    "certificates reloaded",
    "set aside, and not used",
    "the certificate has expired",
  ]);
});

test("a reload that fails changes nothing, and logs why and what helps", async () => {
  const { reload, stop, log } = createReloader({
    read: () => Promise.reject(new Fault("noCertificate", { file })),
    use: () => expect.unreachable(),
    hintFor: ({ code }) => `mend ${code}`,
  });

  await reload();

  stop();
  expect(log.records).toEqual([
    {
      level: "error",
      message: "certificates not reloaded, the old ones stay",
      values: {
        reason: "the certificate cert.pem holds no PEM certificate",
        hint: "mend noCertificate",
      },
    },
  ]);
});

test("a reload waits for the end of the one before", async () => {
  const first = Promise.withResolvers<void>();
  const order: string[] = [];
  const reads = [first.promise, Promise.resolve()];
  const { reload, stop } = createReloader({
    async read() {
      order.push("read");
      await reads.shift();
      return { ...config, ...NONE };
    },
    use: () => void order.push("use"),
  });

  const both = [reload(), reload()];
  first.resolve();
  await Promise.all(both);

  stop();
  expect(order).toEqual(["read", "use", "read", "use"]);
});

test("the start and each reload tell how many certificates are not used", async () => {
  const setAside = [new Fault("authorityWithoutRoot", { file })];
  const counts: number[] = [];
  const { reload, stop } = createReloader({
    findings: { ...NONE, setAside },
    observe: (event) => event.type === "certificates read" && counts.push(event.setAside),
  });

  await reload();

  stop();
  expect(counts).toEqual([1, 0]);
});
