/**
 * Whole sessions with other TLS implementations: the programs of OpenSSL and GnuTLS, whose lines
 * this test writes. (Python's is in peers.test.ts, Node's in records.test.ts.)
 */
import { afterAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { prepareClient } from "../support/attacked-client.ts";
import { startAttackedServer } from "../support/attacked-server.ts";
import { type Credentials, writeCredential } from "../support/certificates.ts";
import { honestAnswer, LOOPBACK, sha256 } from "../support/hostile-peer.ts";
import { makeFolder, type Program, start } from "../support/processes.ts";

setDefaultTimeout(120_000);

const server = await startAttackedServer(["--bits", "8", "--other-timeout", "20"]);
const client = await prepareClient();
const folder = makeFolder();
afterAll(async () => {
  await server[Symbol.asyncDispose]();
  client[Symbol.dispose]();
  folder[Symbol.dispose]();
});

const near = writeFiles("client", server.credentials);
const far = writeFiles("server", client.credentials);

const QUESTION = /^(HELLO|WORK|[A-Z]+(?:_[A-Z]+)?[12]?|DONE)(?: ([\w-]+))?(?: \d+)?$/;
const SESSION: readonly (readonly [string, RegExp])[] = [
  ["HELLO", /^HELLOBACK$/],
  ["WORK a-token 4", /^[\w-]+$/],
  ["COUNTRY an-arg", new RegExp(`^${sha256("a-tokenan-arg")} .`)],
  ["DONE", /^OK$/],
];

const CLIENTS: Readonly<Record<string, readonly string[]>> = {
  "openssl s_client with TLS 1.2": [...sClient(), "-tls1_2"],
  "openssl s_client with TLS 1.3": [...sClient(), "-tls1_3"],
  "openssl s_client with ChaCha20": [...sClient(), "-ciphersuites", "TLS_CHACHA20_POLY1305_SHA256"],
  "openssl s_client with P-384": [...sClient(), "-groups", "P-384"],
  "gnutls-cli with TLS 1.2": gnutlsClient("NORMAL:-VERS-ALL:+VERS-TLS1.2"),
  "gnutls-cli with TLS 1.3": gnutlsClient("NORMAL:-VERS-ALL:+VERS-TLS1.3"),
};

describe("our server holds a whole session with", () => {
  for (const [name, command] of Object.entries(CLIENTS)) {
    test.concurrent(name, async () => {
      await using client = start(command);

      const questions = await speakAsClient(client);

      expect(questions).toEqual([
        ...["HELLO", "WORK", "FULL_NAME", "EMAIL1", "EMAIL2", "SOCIAL", "BIRTHDATE", "COUNTRY"],
        ...["ADDR_LINE1", "ADDR_LINE2", "DONE"],
      ]);
      await expectServed(client);
    });
  }
});

describe("our client holds a whole session with", () => {
  for (const version of ["-tls1_2", "-tls1_3"]) {
    test.concurrent(`openssl s_server ${version}`, async () => {
      const { server, port } = await startServer([version]);
      await using _ = server;

      const [{ code, json }] = await Promise.all([client.runAt(port), speakAsServer(server)]);

      expect(json).toMatchObject({ outcome: "ok", answered: 1, bits: 4 });
      expect(code).toBe(0);
    });
  }
});

describe("renegotiation of TLS 1.2", () => {
  test("is refused by our server", async () => {
    await using client = start([...sClient().filter((flag) => flag !== "-quiet"), "-tls1_2"]);
    await client.stdout.next(/^HELLO$/);

    client.write("R\n");

    await server.program.stderr.find(/"outcome":"transport".*asked to renegotiate TLS/);
    await server.serveGoodClient();
    await server.settle();
  });

  test("is refused by our client if a server keeps asking", async () => {
    const { server, port } = await startServer(["-tls1_2"]);
    await using _ = server;
    const run = client.runAt(port);
    await server.stdout.next(/^CIPHER is /);

    // The runtime allows a few, in which the server's certificate must stay the same.
    for (let asked = 0; asked < 4; asked += 1) {
      server.write("r\n");
      await server.stdout.next(/^SSL_do_handshake/);
    }

    const { code, json } = await run;
    expect(json.reason).toBe("the peer asked to renegotiate TLS, which is never done");
    expect(code).toBe(3);
  });
});

/** Expects a record of success for this client's session, which its values identify. */
async function expectServed({ pid }: Program): Promise<void> {
  const answer = new RegExp(`^.*"line":"[0-9a-f]{64} the value of ${pid}".*$`);
  const [answered] = await server.program.stderr.find(answer);
  const { peer } = JSON.parse(answered).properties;
  expect(await server.verdictOn(peer)).toEqual({ outcome: "ok", reason: "" });
}

async function speakAsClient({ stdout, write, pid }: Program): Promise<readonly string[]> {
  const asked: string[] = [];
  let token = "";
  while (asked.at(-1) !== "DONE") {
    const [line, keyword = "", word = ""] = await stdout.next(QUESTION);
    asked.push(keyword);
    token = keyword === "WORK" ? word : token;
    write(`${honestAnswer(line, token, `the value of ${pid}`)}\n`);
  }
  return asked;
}

async function speakAsServer({ stdout, write }: Program): Promise<void> {
  await stdout.next(/^CIPHER is /);
  for (const [line, answer] of SESSION) {
    write(`${line}\n`);
    await stdout.next(answer);
  }
}

function sClient(): readonly string[] {
  return [
    ...["openssl", "s_client", "-quiet", "-connect", `${LOOPBACK}:${server.port}`],
    ...["-CAfile", near.ca, "-cert", near.cert, "-key", near.key, "-verify_return_error"],
  ];
}

function gnutlsClient(priority: string): readonly string[] {
  return [
    ...[
      "gnutls-cli",
      "--logfile",
      "/dev/null",
      "--priority",
      priority,
      "--port",
      `${server.port}`,
      LOOPBACK,
    ],
    ...["--x509cafile", near.ca, "--x509certfile", near.cert, "--x509keyfile", near.key],
  ];
}

async function startServer(flags: readonly string[]) {
  const server = start([
    ...["openssl", "s_server", "-accept", `${LOOPBACK}:0`, "-naccept", "1", "-Verify", "1"],
    ...["-CAfile", far.ca, "-cert", far.cert, "-key", far.key, ...flags],
  ]);
  const [, port] = await server.stdout.next(/^ACCEPT .*:(\d+)$/);
  return { server, port: Number(port) };
}

function writeFiles(name: "client" | "server", credentials: Credentials) {
  const { cert: ca } = writeCredential(folder.path, `${name}-ca`, credentials.authority);
  return { ca, ...writeCredential(folder.path, name, credentials[name]) };
}
