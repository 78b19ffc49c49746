/**
 * An authority that is rotated while a server runs: the day on which the old one expires must be a
 * day like any other.
 */
import { afterAll, expect, setDefaultTimeout, test } from "bun:test";
import { copyFileSync, writeFileSync } from "node:fs";
import { openWorkshop, ROOT } from "../support/openssl.ts";
import { type Program, runTlslp, startTlslp } from "../support/processes.ts";

setDefaultTimeout(120_000);

const workshop = openWorkshop();
afterAll(() => workshop[Symbol.dispose]());
const root = workshop.make({ name: "new root", extensions: ROOT });
const old = workshop.make({ name: "old root", extensions: ROOT });
const names = ["subjectAltName=DNS:localhost,IP:127.0.0.1", "extendedKeyUsage=serverAuth"];
const server = workshop.make({ issuer: root, name: "server", extensions: names });
const client = workshop.make({ issuer: root, extensions: ["extendedKeyUsage=clientAuth"] });

// https://github.com/opensearch-project/security/issues/4949
test.concurrent("a server outlives the old authority, at SIGHUP and at a restart", async () => {
  const expiring = workshop.shorten(old, "old root", 3);
  const trust = workshop.write(`${expiring.cert}${root.cert}`);
  const first = await startServer(trust);
  await using _ = first.program;
  expect(await runClient(first.port)).toBe("OK 8 answered\n");
  await Bun.sleep(3500);

  expect(await runClient(first.port)).toBe("OK 8 answered\n");
  const reloads = first.program.stderr.text.length;
  await reload(first.program);
  await reload(first.program);

  expect(await runClient(first.port)).toBe("OK 8 answered\n");
  expect(countSetAside(first.program.stderr.text.slice(reloads))).toBe(2); // Once for each SIGHUP.
  expect(await metricOf(first)).toBe(1);

  const second = await startServer(trust);
  await using __ = second.program;
  expect(await runClient(second.port, trust)).toBe("OK 8 answered\n");
  await second.program.stderr.find(/a certificate or list is not used/);
  expect(countSetAside(second.program.stderr.text)).toBe(1);
  expect(await metricOf(second)).toBe(1);

  writeFileSync(trust, root.cert);
  await reload(second.program);
  expect(await metricOf(second)).toBe(0);
});

test.concurrent("an authority that was renewed for its old key serves beside the old one", async () => {
  const renewed = workshop.shorten(root, "new root", 3);
  const trust = workshop.write(`${renewed.cert}${root.cert}`);
  const running = await startServer(trust);
  await using _ = running.program;
  expect(await runClient(running.port, trust)).toBe("OK 8 answered\n");
  await Bun.sleep(3500);

  expect(await runClient(running.port, trust)).toBe("OK 8 answered\n");
  await reload(running.program);
  expect(await runClient(running.port)).toBe("OK 8 answered\n");
});

test.concurrent("a list that expires beside its successor is no obstacle", async () => {
  const [before, after] = [2, 3600].map((seconds) => {
    return workshop.write(workshop.revoke(root, undefined, { seconds }));
  });
  const lists = ["--crl", `${before}`, "--crl", `${after}`];
  const running = await startServer(root.certPath, lists);
  await using _ = running.program;
  await Bun.sleep(2500);

  expect(await runClient(running.port)).toBe("OK 8 answered\n");
  // On a slow machine the list has expired before the server starts.
  const reloads = running.program.stderr.text.length;
  await reload(running.program);
  expect(await runClient(running.port)).toBe("OK 8 answered\n");
  expect(countSetAside(running.program.stderr.text.slice(reloads))).toBe(1);
  expect(await metricOf(running)).toBe(1);
});

test.concurrent("files that cannot be used leave the old ones, until they can", async () => {
  const cert = workshop.write(server.cert);
  const running = await startServer(root.certPath, ["--server-cert", cert]);
  await using _ = running.program;
  writeFileSync(cert, old.cert);
  running.program.kill("SIGHUP");
  await running.program.stderr.next(
    /certificates not reloaded, the old ones stay .*does not belong/,
  );
  expect(await runClient(running.port)).toBe("OK 8 answered\n");

  copyFileSync(server.certPath, cert);
  await reload(running.program);
  expect(await runClient(running.port)).toBe("OK 8 answered\n");
});

interface Running {
  readonly program: Program;
  readonly port: string;
  readonly metricsPort: string;
}

async function startServer(trust: string, flags: readonly string[] = []): Promise<Running> {
  const own = flags.includes("--server-cert") ? [] : ["--server-cert", server.certPath];
  const program = startTlslp([
    ...["server", "--host", "127.0.0.1", "--port", "0", "--bits", "0", "--metrics", "0"],
    ...["--ca-cert", trust, ...own, "--server-key", server.keyPath, ...flags],
  ]);
  const [, port = ""] = await program.stdout.next(/^listening on 127\.0\.0\.1:(\d+)$/);
  const [, metricsPort = ""] = await program.stderr.find(/serving metrics .*:(\d+)\/metrics/);
  return { program, port, metricsPort };
}

async function runClient(port: string, trust = root.certPath): Promise<string> {
  const { stdout, stderr } = await runTlslp([
    ...["client", "--host", "127.0.0.1", "--ports", port, "--log-level", "error"],
    ...["--ca-cert", trust, "--client-cert", client.certPath, "--private-key", client.keyPath],
  ]);
  return `${stdout}${stderr}`;
}

async function reload(program: Program): Promise<void> {
  program.kill("SIGHUP");
  await program.stderr.next(/certificates reloaded/);
}

function countSetAside(log: string): number {
  return log.match(/a certificate or list is not used/g)?.length ?? 0;
}

async function metricOf({ metricsPort }: Running): Promise<number> {
  const page = await (await fetch(`http://127.0.0.1:${metricsPort}/metrics`)).text();
  return Number(/^tlslp_certificates_set_aside (\d+)$/m.exec(page)?.[1]);
}
