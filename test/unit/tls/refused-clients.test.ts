/**
 * The clients that a listener rejects. Each sends something as soon as it can, and nothing may come
 * through; each listener serves a good client afterwards.
 */
import { afterAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { causeOf } from "../../../src/tls/tls-errors.ts";
import { type Credential, makeAuthority, makeCredentials } from "../../support/certificates.ts";
import { connectPlainly } from "../../support/plain-tcp.ts";
import {
  LOOPBACK,
  STRICT_LISTENERS,
  serveGoodClient,
  startListener,
  startOpensslClient,
  writeAuthority,
} from "./ends.ts";

setDefaultTimeout(120_000);

const credentials = await makeCredentials();
const { authority } = credentials;
const otherAuthority = await makeAuthority({ name: "another authority" });
const files = writeAuthority(credentials);
afterAll(() => files[Symbol.dispose]());

const SERVED = ["question", "answer"] as const;

interface BadClient {
  readonly what: string;
  readonly credential: Credential | undefined;
  readonly message: RegExp;
}

const BAD_CLIENTS: readonly BadClient[] = [
  { what: "no certificate", credential: undefined, message: /sent no certificate/ },
  {
    what: "a certificate of another authority",
    credential: await otherAuthority.issue({ purpose: "client" }),
    message: /not signed by an authority that we trust/,
  },
  {
    what: "an expired certificate",
    credential: await authority.issue({ purpose: "client", validity: "expired" }),
    message: /has expired/,
  },
  {
    what: "a certificate that is not valid yet",
    credential: await authority.issue({ purpose: "client", validity: "not yet valid" }),
    message: /not valid yet/,
  },
  {
    what: "a server's certificate",
    credential: credentials.server,
    message: /not meant for this use/,
  },
  {
    what: "a weak key",
    credential: await authority.issue({ purpose: "client", weak: true }),
    message: /certificate has an RSA key of 1024 bits; 2048 is the least/,
  },
  {
    what: "a weak signature",
    credential: await authority.issue({ purpose: "client", forgeable: true }),
    message: /certificate has a signature by ecdsa-with-SHA1; SHA-2 is needed/,
  },
];

describe.each(STRICT_LISTENERS)("by %s", (_, listenStrictly) => {
  for (const version of ["-tls1_2", "-tls1_3"]) {
    for (const { what, credential, message } of BAD_CLIENTS) {
      test(`a client with ${what} is refused (${version})`, async () => {
        using listener = listenStrictly(credentials);
        const paths = credential && files.add(`${what}${version}`, credential);
        await using client = startOpensslClient(listener.port, [
          ...["-CAfile", files.ca, version, "-cipher", "DEFAULT@SECLEVEL=0"],
          ...(paths === undefined ? [] : ["-cert", paths.cert, "-key", paths.key]),
        ]);
        client.write("said by a stranger\n");

        const { fault } = await listener.rejected.next();

        expect(fault.message).toMatch(message);
        expect(fault.family).toBe("transport");
        await client.ended();
        expect(listener.accepted.count).toBe(0);
        expect(await serveGoodClient(credentials, listener)).toEqual(SERVED);
        expect(listener.rejected.count).toBe(1);
      });
    }
  }

  test("a client that knows only TLS 1.1 is refused", async () => {
    using listener = listenStrictly(credentials);
    const { cert, key } = files.add("old", credentials.client);
    await using client = startOpensslClient(listener.port, [
      ...["-CAfile", files.ca, "-cert", cert, "-key", key],
      ...["-cipher", "DEFAULT@SECLEVEL=0", "-tls1_1"],
    ]);

    const { fault } = await listener.rejected.next();

    expect(fault.message).toContain("TLS 1.2 is the oldest allowed");
    expect((await client.ended()).code).not.toBe(0);
    expect(listener.accepted.count).toBe(0);
    expect(await serveGoodClient(credentials, listener)).toEqual(SERVED);
  });

  test("a TLS 1.2 client without an authenticated cipher is refused", async () => {
    using listener = listenStrictly(credentials);
    const { cert, key } = files.add("cbc", credentials.client);
    await using client = startOpensslClient(listener.port, [
      ...["-CAfile", files.ca, "-cert", cert, "-key", key],
      ...["-tls1_2", "-cipher", "ECDHE-ECDSA-AES128-SHA"],
    ]);

    const { fault } = await listener.rejected.next();

    expect(fault.message).toContain("no cipher in common");
    expect((await client.ended()).code).not.toBe(0);
    expect(listener.accepted.count).toBe(0);
    expect(await serveGoodClient(credentials, listener)).toEqual(SERVED);
  });
});

describe("a TCP client that does not speak TLS", () => {
  test("is refused when it speaks in clear", async () => {
    using listener = startListener(credentials);
    using client = connectPlainly(listener.port);
    client.socket.write("HELLOBACK\nAAAA\n");

    const { fault } = await listener.rejected.next();

    expect(fault.family).toBe("transport");
    expect(fault.message).toContain("does not speak TLS");
    await client.closed();
    expect(client.heard()).not.toContain("question");
    expect(listener.accepted.count).toBe(0);
    expect(await serveGoodClient(credentials, listener)).toEqual(SERVED);
  });

  test("is dropped at the handshake timeout when it is silent", async () => {
    using listener = startListener(credentials, { handshakeTimeout: 0.3 });
    const begun = performance.now();
    using client = connectPlainly(listener.port);

    const { fault } = await listener.rejected.next();

    expect(fault.family).toBe("timeout");
    expect(fault.message).toContain("the TLS handshake took longer than 0.3 s");
    await client.closed();
    expect(performance.now() - begun).toBeGreaterThan(250);
    expect(client.heard()).toBe("");
    expect(listener.accepted.count).toBe(0);
  });

  test("is dropped at the same timeout when bytes trickle in", async () => {
    using listener = startListener(credentials, { handshakeTimeout: 0.3 });
    using client = connectPlainly(listener.port);
    // A ClientHello of 16 KiB, of which the rest comes slowly.
    client.socket.write(Buffer.from([0x16, 0x03, 0x01, 0x40, 0x00, 0x01, 0x00, 0x3f, 0xfc]));
    const dribble = setInterval(() => client.socket.write(Buffer.from([3])), 20);

    const { fault } = await listener.rejected.next();

    clearInterval(dribble);
    expect(fault.family).toBe("timeout");
    await client.closed();
    expect(listener.accepted.count).toBe(0);
  });

  test("is rejected once when it leaves before the handshake", async () => {
    using listener = startListener(credentials);
    using client = connectPlainly(listener.port);
    client.socket.once("connect", () => client.socket.end());

    const { fault } = await listener.rejected.next();

    expect(fault.message).toContain("closed the connection");
    expect(await serveGoodClient(credentials, listener)).toEqual(SERVED);
    expect(listener.rejected.count).toBe(1);
  });

  test("is rejected when it was gone before it was accepted", async () => {
    using listener = startListener(credentials);
    resetBeforeAccept(listener.port);

    const { peer, fault } = await listener.rejected.next();

    expect(peer).toBe("unknown");
    expect(causeOf(fault)).toBe("closed");
    expect(await serveGoodClient(credentials, listener)).toEqual(SERVED);
    expect(listener.rejected.count).toBe(1);
  });
});

/** Connects and resets, while this process waits and accepts no connection. */
function resetBeforeAccept(port: number): void {
  const script = [
    "import socket, struct, sys",
    `peer = socket.create_connection(("${LOOPBACK}", int(sys.argv[1])))`,
    'peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))',
    "peer.close()",
  ];
  const { exitCode } = Bun.spawnSync(["python3", "-c", script.join("\n"), `${port}`]);
  expect(exitCode).toBe(0);
}
