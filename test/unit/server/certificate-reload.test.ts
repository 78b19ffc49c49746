import { expect, test } from "bun:test";
import type { LoadedTls, TlsConfig } from "../../../src/certificates/tls-config.ts";
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
const LOADED: LoadedTls = {
  ...config,
  expiries: [],
  setAside: [],
  warnings: [],
  readListsAgain: () => expect.unreachable(),
};

function createReloader(options: Partial<CertificateReloaderOptions>) {
  const log = createMemoryLog();
  const reloader = createCertificateReloader({
    loaded: LOADED,
    read: async () => LOADED,
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
    read: async () => ({ ...LOADED, setAside, expiries }),
    use: (next) => void used.push(next),
  });

  await reload();

  stop();
  expect(used).toMatchObject([config]);
  expect(log.records.map(({ message }) => message)).toEqual([
    "certificates reloaded",
    "a certificate or list is not used",
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
      return LOADED;
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
    loaded: { ...LOADED, setAside },
    observe: (event) => event.type === "certificates read" && counts.push(event.setAside),
  });

  await reload();

  stop();
  expect(counts).toEqual([1, 0]);
});

/** Seconds: the shortest time of a timer. */
const AT_ONCE = 0.001;

/** A watch that notices as many changes as are announced. */
function createWatch() {
  let changes = 0;
  return {
    announce() {
      changes += 1;
    },
    hasChanged: () => changes > 0 && changes-- > 0,
  };
}

test("lists whose files change are read again, for the same certificates", async () => {
  const watch = createWatch();
  const used = Promise.withResolvers<TlsConfig>();
  const renewed = { ...LOADED, trust: { authorities: authority.cert, revocations: [] } };
  const { stop, log } = createReloader({
    loaded: { ...LOADED, readListsAgain: async () => renewed },
    read: () => expect.unreachable(),
    use: used.resolve,
    lists: { watch, refresh: AT_ONCE },
  });

  watch.announce();

  expect(await used.promise).toBe(renewed);
  stop();
  expect(log.records.map(({ message }) => message)).toEqual(["revocation lists reloaded"]);
});

test("lists that cannot be used are one error, and the next change is tried again", async () => {
  const watch = createWatch();
  const hinted = Promise.withResolvers<void>();
  const used = Promise.withResolvers<TlsConfig>();
  const reads = [Promise.reject(new Fault("noCertificate", { file })), Promise.resolve(LOADED)];
  reads[0]?.catch(() => undefined);
  const { stop, log } = createReloader({
    loaded: { ...LOADED, readListsAgain: () => reads.shift() ?? expect.unreachable() },
    use: used.resolve,
    hintFor: () => void hinted.resolve(),
    lists: { watch, refresh: AT_ONCE },
  });

  watch.announce();
  await hinted.promise;
  watch.announce();
  await used.promise;

  stop();
  expect(log.records.map(({ level, message }) => `${level}: ${message}`)).toEqual([
    "error: revocation lists not reloaded, the old ones stay",
    "info: revocation lists reloaded",
  ]);
});

test("after a reload, lists are read for the new certificates", async () => {
  const watch = createWatch();
  const used = Promise.withResolvers<TlsConfig>();
  const renewed = { ...LOADED };
  const { reload, stop } = createReloader({
    read: async () => ({ ...LOADED, readListsAgain: async () => renewed }),
    use: (next) => next === renewed && used.resolve(next),
    lists: { watch, refresh: AT_ONCE },
  });

  await reload();
  watch.announce();

  expect(await used.promise).toBe(renewed);
  stop();
});
