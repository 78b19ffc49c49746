/**
 * Encrypted files of both ends: the password from the environment, or typed on a terminal.
 */
import { describe, expect, setDefaultTimeout, test } from "bun:test";
import { chmodSync, copyFileSync, readFileSync, writeFileSync } from "node:fs";
import { openssl } from "../support/openssl.ts";
import { type CredentialsFolder, HOST, makeCredentialsFolder } from "../support/peers.ts";
import { type Program, runTlslp, startTlslp } from "../support/processes.ts";
import { startInTerminal } from "../support/terminal.ts";

setDefaultTimeout(120_000);

const PASSWORD = "correct hörse";
const env = { TLSLP_PASSWORD: PASSWORD };

for (const [form, flags] of [
  ["new", []],
  ["old", ["-legacy"]],
] as const) {
  test(`a session between two PKCS #12 files with ${form} ciphers`, async () => {
    using files = await makeFiles(flags);
    await using server = startTlslp(serverArgs(files), { env });
    const port = await portOf(server);

    const client = await runTlslp(clientArgs(files, port), { env });

    expect(client.stdout).toBe("OK 8 answered\n");
    expect(client.code).toBe(0);
    server.kill("SIGTERM");
    const { stderr } = await server.ended();
    expect(`${stderr}${client.stderr}`).not.toContain("hörse");
  });
}

test("a wrong password ends with exit 2, and the file's name", async () => {
  using files = await makeFiles();

  const { code, stderr } = await runTlslp(clientArgs(files, 1), {
    env: { TLSLP_PASSWORD: "battery staple" },
  });

  expect(code).toBe(2);
  expect(stderr).toContain(`the password of the client certificate ${files.client.p12} is wrong`);
  expect(stderr).not.toContain("staple");
});

test("no password and no terminal end with exit 2, and name the variable", async () => {
  using files = await makeFiles();
  const script = 'exec setsid --wait "$@" </dev/null';
  await using client = startInTerminal(clientArgs(files, 1), { script });

  expect(await client.ended()).toBe(2);

  expect(client.text).toMatch(/the client certificate \S+ is encrypted/);
  expect(client.text).toContain("set TLSLP_PASSWORD to its password");
});

describe("on a terminal", () => {
  for (const [stdin, script] of [
    ["the terminal", undefined],
    ["a file", 'exec "$@" </dev/null'],
  ] as const) {
    test(`the password is typed and not shown, with ${stdin} as stdin`, async () => {
      using files = await makeFiles();
      await using server = startTlslp(serverArgs(files), { env });
      const args = clientArgs(files, await portOf(server));
      await using client = startInTerminal(args, script === undefined ? {} : { script });

      await client.find(/password of the client certificate \S+: /);
      client.type(`wrong\u0015${PASSWORD}x\u007f\r`);

      expect(await client.ended()).toBe(0);
      expect(client.text).toContain("OK 8 answered");
      expect(client.text).not.toMatch(/h.{1,2}rse|wrong/);
    });
  }

  test("Ctrl-C ends the question, and the terminal shows again what is typed", async () => {
    using files = await makeFiles();
    await using client = startInTerminal(clientArgs(files, 1), {
      script: '"$@"; echo "exit $?"; stty -a',
    });
    await client.find(/password of .*: /);
    client.type("typed and not shown\u0003");

    await client.find(/exit 130/);
    await client.ended();
    expect(client.text).toMatch(/ echo /);
    expect(client.text).toMatch(/ icanon /);
    expect(client.text).not.toContain("typed");
  });

  test("SIGHUP reads a server's files with the password that was typed at its start", async () => {
    using files = await makeFiles();
    using next = await makeFiles();
    await using server = startInTerminal([...serverArgs(files), "--log-level", "info"]);
    await server.find(/password of the server certificate \S+: /);
    server.type(`${PASSWORD}\r`);
    const listening = await server.find(/listening on [\d.]+:\d+/);

    copyFileSync(next.server.p12, files.server.p12);
    server.kill("SIGHUP");
    const reloaded = await server.find(/certificates reloaded/, listening);
    writeFileSync(files.server.p12, exportPkcs12(files.server, "another"));
    server.kill("SIGHUP");

    await server.find(/not reloaded.* is wrong/, reloaded);
    expect(server.text.slice(listening)).not.toMatch(/\.p12: /);
  });
});

test("one PEM file with an encrypted key is enough for both flags", async () => {
  using files = await makeFiles();
  const key = openssl(
    ...["pkcs8", "-topk8", "-scrypt", "-in", files.client.key, "-passout", `pass:${PASSWORD}`],
  );
  const path = `${files.client.p12}.pem`;
  writeFileSync(path, `${key}${readFileSync(files.client.cert, "utf8")}`, { mode: 0o600 });
  await using server = startTlslp(serverArgs(files), { env });
  const args = ["client", "--host", HOST, "--ports", `${await portOf(server)}`];

  const { code, stderr } = await runTlslp(
    [...args, "--ca-cert", files.ca.cert, "--client-cert", path, "--private-key", path],
    { env },
  );

  expect(stderr).not.toContain("error");
  expect(code).toBe(0);
});

test("programs of --on-pass do not inherit the password", async () => {
  using files = await makeFiles();
  const [program, output] = [`${files.ca.cert}.sh`, `${files.ca.cert}.env`];
  writeFileSync(program, `#!/bin/sh\nenv >${output}.new\nmv ${output}.new ${output}\n`, {
    mode: 0o700,
  });
  const store = ["--store", `sqlite:${files.ca.cert}.db`, "--on-pass", program];
  await using server = startTlslp([...serverArgs(files), ...store], { env });

  const client = await runTlslp(clientArgs(files, await portOf(server)), { env });
  server.kill("SIGTERM");
  await server.ended();

  expect(client.code).toBe(0);
  const inherited = readFileSync(output, "utf8");
  expect(inherited).toContain("HOME=");
  expect(inherited).not.toContain("PASSWORD");
});

interface Pkcs12Files extends CredentialsFolder {
  readonly server: CredentialsFolder["server"] & { readonly p12: string };
  readonly client: CredentialsFolder["client"] & { readonly p12: string };
}

async function makeFiles(flags: readonly string[] = []): Promise<Pkcs12Files> {
  const folder = await makeCredentialsFolder();
  const add = (pair: CredentialsFolder["server"], ending: string) => {
    const p12 = pair.cert.replace(/-cert\.pem$/, ending);
    writeFileSync(p12, exportPkcs12(pair, PASSWORD, flags));
    chmodSync(p12, 0o600);
    return { ...pair, p12 };
  };
  return { ...folder, server: add(folder.server, ".p12"), client: add(folder.client, ".pfx") };
}

function exportPkcs12(
  { cert, key }: { readonly cert: string; readonly key: string },
  password: string,
  flags: readonly string[] = [],
): Buffer {
  const files = ["-in", cert, "-inkey", key];
  return openssl("pkcs12", "-export", ...files, "-passout", `pass:${password}`, ...flags);
}

function serverArgs({ ca, server }: Pkcs12Files): readonly string[] {
  return [
    ...["server", "--host", HOST, "--port", "0", "--bits", "4"],
    ...["--ca-cert", ca.cert, "--server-cert", server.p12],
  ];
}

function clientArgs({ ca, client }: Pkcs12Files, port: number): readonly string[] {
  const files = ["--ca-cert", ca.cert, "--client-cert", client.p12];
  return ["client", "--host", HOST, "--ports", `${port}`, ...files];
}

async function portOf(server: Program): Promise<number> {
  const [, port] = await server.stdout.find(/^listening on [\d.]+:(\d+)$/);
  return Number(port);
}
