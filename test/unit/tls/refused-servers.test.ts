/**
 * The servers that a connecting client rejects. Nothing that such a server sends comes through, and
 * nothing is sent to it.
 */
import { afterAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { X509Certificate } from "node:crypto";
import { fingerprintOf } from "../../../src/certificates/fingerprint.ts";
import { hintFor } from "../../../src/cli/hints.ts";
import { LIBRARY_VOICE } from "../../../src/fault/fault.ts";
import type { Accepted } from "../../../src/tls/listen.ts";
import {
  type Credential,
  makeAuthority,
  makeCredentials,
  unvetted,
} from "../../support/certificates.ts";
import { servePlainly } from "../../support/plain-tcp.ts";
import { run } from "../../support/processes.ts";
import {
  dial,
  faultOf,
  startListener,
  startOpensslServer,
  type TestListener,
  writeAuthority,
} from "./ends.ts";

setDefaultTimeout(120_000);

const credentials = await makeCredentials();
const { authority, server } = credentials;
const otherAuthority = await makeAuthority({ name: "another authority" });
const otherServer = await otherAuthority.issue({ purpose: "server" });
const files = writeAuthority(credentials);
afterAll(() => files[Symbol.dispose]());

interface BadServer {
  readonly what: string;
  readonly credential: Credential;
  readonly serverName?: string;
  readonly message: RegExp;
}

const OTHER_NAME = /for another host name/;

const BAD_SERVERS: readonly BadServer[] = [
  {
    what: "a certificate for another host name",
    credential: await authority.issue({ purpose: "server", names: ["example.org"] }),
    message: OTHER_NAME,
  },
  {
    what: "a certificate for another address",
    credential: await authority.issue({ purpose: "server", names: ["127.0.0.2", "localhost"] }),
    serverName: "127.0.0.1",
    message: OTHER_NAME,
  },
  {
    what: "an address as if it were a host name",
    credential: await authority.issue({ purpose: "server", names: ["127.0.0.2"] }),
    serverName: "localhost",
    message: OTHER_NAME,
  },
  {
    what: "no alternative names",
    credential: await authority.issue({ purpose: "server", names: [] }),
    message: /names no host; a common name does not count$/,
  },
  {
    what: "a certificate of another authority",
    credential: otherServer,
    message: /not signed by an authority that we trust/,
  },
  {
    what: "an expired certificate",
    credential: await authority.issue({ purpose: "server", validity: "expired" }),
    message: /has expired/,
  },
  {
    what: "a certificate that is not valid yet",
    credential: await authority.issue({ purpose: "server", validity: "not yet valid" }),
    message: /not valid yet/,
  },
  {
    what: "a client's certificate",
    credential: await authority.issue({ purpose: "client", names: ["localhost"] }),
    message: /not meant for this use/,
  },
  {
    what: "a weak key",
    credential: await authority.issue({ purpose: "server", weak: true }),
    message: /certificate has an RSA key of 1024 bits; 2048 is the least/,
  },
  {
    what: "a weak signature",
    credential: await authority.issue({ purpose: "server", forgeable: true }),
    message: /certificate has a signature by ecdsa-with-SHA1; SHA-2 is needed/,
  },
];

for (const { what, credential, serverName = "localhost", message } of BAD_SERVERS) {
  test(`a server with ${what} is refused`, async () => {
    using listener = startListener(credentials, { identity: credential, trust: "anybody" });
    const heard = serveEveryClient(listener);

    const fault = await faultOf(dial(credentials, listener.port, { serverName }));

    expect(fault.message).toMatch(message);
    expect(fault.family).toBe("transport");
    expect(await heard).toBe("nothing");
  });
}

for (const { what, credential, serverName = "localhost" } of BAD_SERVERS) {
  test(`a server with ${what} is accepted for its key alone, if only that is trusted`, async () => {
    using listener = startListener(credentials, { identity: credential, trust: "anybody" });
    const pins = [fingerprintOf(new X509Certificate(credential.cert))];

    const near = await dial(credentials, listener.port, { serverName, trust: "none", pins });

    near.channel.close();
    await near.closed;
  });
}

test("a server with another key is refused where only a key is trusted", async () => {
  using listener = startListener(credentials, { trust: "anybody" });
  const heard = serveEveryClient(listener);
  const pins = [fingerprintOf(new X509Certificate(otherServer.cert))];

  const fault = await faultOf(dial(credentials, listener.port, { trust: "none", pins }));

  expect(fault.message).toEndWith("the server's public key matches no pin");
  expect(await heard).toBe("nothing");
});

test("every server is refused where only a key is trusted, and there is none", async () => {
  using listener = startListener(credentials, { trust: "anybody" });

  const fault = await faultOf(dial(credentials, listener.port, { trust: "none", pins: [] }));

  expect(fault.code).toBe("pinMismatch");
});

test("the hint for a wrong name sends to the authority for a certificate with the name", async () => {
  const identity = await authority.issue({ purpose: "server", names: ["example.org"] });
  using listener = startListener(credentials, { identity });

  const fault = await faultOf(dial(credentials, listener.port));

  expect(hintFor(fault, LIBRARY_VOICE)).toBe(
    "call the server by one of these names, or ask CN=test authority for one that names localhost",
  );
});

for (const version of ["-tls1_2", "-tls1_3"]) {
  test(`OpenSSL's server with a certificate of another authority is refused (${version})`, async () => {
    const { cert, key } = files.add(`other${version}`, otherServer);
    const { server, port } = await startOpensslServer(["-cert", cert, "-key", key, version]);
    await using _ = server;

    const fault = await faultOf(dial(credentials, port));

    expect(fault.message).toContain("not signed by an authority that we trust");
  });
}

test("a server that knows only TLS 1.1 is refused", async () => {
  const { cert, key } = files.add("old", server);
  const old = ["-cipher", "DEFAULT@SECLEVEL=0", "-tls1_1"];
  const { server: program, port } = await startOpensslServer(["-cert", cert, "-key", key, ...old]);
  await using _ = program;

  const fault = await faultOf(dial(credentials, port));

  expect(fault.family).toBe("transport");
  expect(fault.message).toContain("TLS 1.2 is the oldest allowed");
});

test("a server that speaks in clear is refused", async () => {
  using plain = await servePlainly((socket) => socket.write("HELLO\n"));

  const fault = await faultOf(dial(credentials, plain.port));

  expect(fault.family).toBe("transport");
  expect(fault.message).toContain("does not speak TLS");
});

test("a server that answers the handshake like a web server is refused", async () => {
  using plain = await servePlainly((socket) =>
    socket.once("data", () => socket.end("HTTP/1.1 400 Bad Request\r\n\r\n")),
  );

  const fault = await faultOf(dial(credentials, plain.port));

  expect(fault.family).toBe("transport");
  expect(fault.message).toContain("does not speak TLS");
});

describe("with a pin", () => {
  test("the server with that public key is accepted", async () => {
    using listener = startListener(credentials);
    const pins = [await pinOf(otherServer), await pinOf(server)];

    const near = await dial(credentials, listener.port, { pins });

    near.channel.close();
    await near.closed;
    expect(listener.accepted.count).toBe(1);
  });

  test("a server with another public key is refused, though its certificate is right", async () => {
    using listener = startListener(credentials, { trust: "anybody" });
    const heard = serveEveryClient(listener);

    const fault = await faultOf(
      dial(credentials, listener.port, { pins: [await pinOf(otherServer)] }),
    );

    expect(fault.family).toBe("transport");
    expect(fault.message).toContain("matches no pin");
    expect(await heard).toBe("nothing");
  });

  test("a server with that public key but a wrong certificate is refused", async () => {
    using listener = startListener(credentials, { identity: otherServer, trust: "anybody" });

    const fault = await faultOf(
      dial(credentials, listener.port, { pins: [await pinOf(otherServer)] }),
    );

    expect(fault.message).toContain("not signed by an authority that we trust");
  });

  test("another public key is refused in insecure mode too", async () => {
    using listener = startListener(credentials, { trust: "anybody" });
    const heard = serveEveryClient(listener);
    const pins = [await pinOf(otherServer)];

    const fault = await faultOf(
      dial(credentials, listener.port, { pins, trust: "anybody", identity: undefined }),
    );

    expect(fault.message).toContain("matches no pin");
    expect(await heard).toBe("nothing");
  });

  test("the right public key is sufficient in insecure mode", async () => {
    using listener = startListener(credentials, { identity: otherServer, trust: "anybody" });
    const pins = [await pinOf(otherServer)];

    const near = await dial(credentials, listener.port, {
      ...{ pins, trust: "anybody", identity: undefined },
    });

    near.channel.close();
    await near.closed;
    expect(listener.accepted.count).toBe(1);
  });
});

/** Sends a line to the first client that the server accepts; resolves with the client's answer. */
async function serveEveryClient(listener: TestListener): Promise<string> {
  const client = await Promise.race([
    listener.accepted.next(),
    listener.rejected.next().then((): Accepted | undefined => undefined),
  ]);
  if (client === undefined) {
    return "nothing";
  }
  // The client may be gone before the line is sent.
  await client.channel.send("HELLO").catch(() => undefined);
  const heard = await client.channel.receive().catch(() => "nothing");
  client.channel.close();
  return heard;
}

/** Returns a pin, made with OpenSSL's tools. */
async function pinOf({ cert }: Credential): Promise<string> {
  const { cert: path } = files.add(`pin-${Bun.hash(cert)}`, { cert, key: unvetted("") });
  const pipeline = [
    `openssl x509 -in '${path}' -noout -pubkey`,
    "openssl pkey -pubin -outform der",
    "openssl dgst -sha256 -binary",
    "openssl base64",
  ];
  const { stdout } = await run(["sh", "-c", pipeline.join(" | ")]);
  return `sha256/${stdout.trim()}`;
}
