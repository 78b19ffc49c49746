import { afterAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { connect } from "../../../src/tls/connect.ts";
import { makeAuthority, makeCredentials } from "../../support/certificates.ts";
import { servePlainly } from "../../support/plain-tcp.ts";
import { start, waitFor } from "../../support/processes.ts";
import {
  connectBoth,
  dial,
  dialOptions,
  faultOf,
  startListener,
  startOpensslServer,
  writeAuthority,
} from "./ends.ts";

setDefaultTimeout(120_000);

const credentials = await makeCredentials();
const { authority, server } = credentials;
const stranger = await makeAuthority({ name: "another authority" });
const files = writeAuthority(credentials);
afterAll(() => files[Symbol.dispose]());

/** A port without a listener: the first of those that only root may bind. */
const CLOSED_PORT = 1;

test("a server whose certificate names its address is accepted under that address", async () => {
  const identity = await authority.issue({ purpose: "server", names: ["127.0.0.1"] });
  using listener = startListener(credentials, { identity });

  const near = await dial(credentials, listener.port, { serverName: "127.0.0.1" });

  expect(near.tlsVersion).toBe("TLSv1.3");
  expect(near.cipher).toMatch(/^TLS_/);
  near.channel.close();
  await near.closed;
});

test("a name with letters beyond ASCII is sent in the spelling of DNS", async () => {
  const hello = Promise.withResolvers<Buffer>();
  using plain = await servePlainly((socket) =>
    socket.once("data", (bytes: Buffer) => {
      hello.resolve(bytes);
      socket.end();
    }),
  );

  await faultOf(dial(credentials, plain.port, { serverName: "M\u00fcnchen.example" }));

  const heard = await waitFor(hello.promise, () => "the beginning of a handshake");
  expect(heard.includes("xn--mnchen-3ya.example")).toBeTrue();
});

test("a server is accepted under such a name by a certificate with that spelling", async () => {
  const names = ["xn--mnchen-3ya.example"];
  const identity = await authority.issue({ purpose: "server", names });
  using listener = startListener(credentials, { identity });

  const near = await dial(credentials, listener.port, { serverName: "M\u00fcnchen.example" });

  near.channel.close();
  await near.closed;
  expect(listener.accepted.count).toBe(1);
});

describe("in insecure mode", () => {
  const INSECURE = { trust: "anybody", identity: undefined } as const;
  const believed = {
    "of a stranger": () => stranger.issue({ purpose: "server" }),
    "that has expired": () => authority.issue({ purpose: "server", validity: "expired" }),
    "for another host name": () => authority.issue({ purpose: "server", names: ["example.org"] }),
    "for another use": () => authority.issue({ purpose: "client", names: ["localhost"] }),
  };

  for (const [what, issue] of Object.entries(believed)) {
    test(`a certificate ${what} is accepted`, async () => {
      const identity = await issue();
      using listener = startListener(credentials, { identity, trust: "anybody" });

      const near = await dial(credentials, listener.port, INSECURE);

      const far = await listener.accepted.next();
      await far.channel.send("hello");
      expect(await near.channel.receive()).toBe("hello");
      near.channel.close();
      await near.closed;
    });
  }

  test("a server that speaks in clear is refused all the same", async () => {
    using plain = await servePlainly((socket) => socket.write("HELLO\n"));

    const fault = await faultOf(dial(credentials, plain.port, INSECURE));

    expect(fault.message).toContain("does not speak TLS");
  });
});

test("a server that speaks TLS 1.2 at most is accepted", async () => {
  const { cert, key } = files.add("server", server);
  const old = await startOpensslServer(["-cert", cert, "-key", key, "-tls1_2"]);
  await using program = old.server;

  const near = await dial(credentials, old.port);

  expect(near.tlsVersion).toBe("TLSv1.2");
  program.write("from the server\n");
  expect(await near.channel.receive()).toBe("from the server");
  near.channel.close();
  await near.closed;
});

describe("a server that does not answer", () => {
  test("is unreachable when it refuses the connection", async () => {
    const outcome = await connect(dialOptions(credentials, CLOSED_PORT));

    expect(outcome).toEqual({
      unreachable: expect.objectContaining({
        family: "transport",
        message: "cannot connect to 127.0.0.1:1: connection refused",
      }),
    });
  });

  test("is unreachable when the time is over before the TCP connection is made", async () => {
    // With a full accept queue the system drops all further connections silently.
    await using crowded = start(["python3", "-B", "-c", FULL_PORT]);
    const [, port] = await crowded.stdout.next(/^(\d+)$/);

    const outcome = await connect(dialOptions(credentials, Number(port), { timeout: 0.3 }));

    expect(outcome).toEqual({
      unreachable: expect.objectContaining({
        family: "transport",
        message: `no answer from 127.0.0.1:${port}`,
      }),
    });
  });

  test("is a timeout when it accepts the connection and stays silent", async () => {
    const bytes = Promise.withResolvers<void>();
    using mute = await servePlainly((socket) => socket.once("data", () => bytes.resolve()));
    const begun = performance.now();

    const fault = await faultOf(dial(credentials, mute.port, { timeout: 1 }));

    expect(fault.family).toBe("timeout");
    expect(fault.message).toBe(
      `127.0.0.1:${mute.port}: it took the connection, but did not finish the TLS handshake within 1 s`,
    );
    expect(performance.now() - begun).toBeGreaterThan(950);
    await waitFor(bytes.promise, () => "the beginning of a handshake");
  });

  test("is closed when the time is over", async () => {
    const left = Promise.withResolvers<void>();
    using mute = await servePlainly((socket) => socket.once("close", () => left.resolve()));

    await faultOf(dial(credentials, mute.port, { timeout: 0.2 }));

    await waitFor(left.promise, () => "the end of a connection that took too long");
  });
});

describe("a server that closes", () => {
  test("before the handshake is a transport fault, not unreachable", async () => {
    using hasty = await servePlainly((socket) => socket.end());

    const fault = await faultOf(connect(dialOptions(credentials, hasty.port)));

    expect(fault.family).toBe("transport");
    expect(fault.message).toContain("closed the connection");
  });

  test("with a reset is a transport fault, not unreachable", async () => {
    using rude = await servePlainly((socket) =>
      socket.once("data", () => socket.resetAndDestroy()),
    );

    const fault = await faultOf(connect(dialOptions(credentials, rude.port)));

    expect(fault.family).toBe("transport");
    expect(fault.message).toContain("closed the connection");
  });

  test("after the handshake ends the stream with a transport fault", async () => {
    using listener = startListener(credentials);
    const { near, far } = await connectBoth(credentials, listener);
    far.channel.close();

    const fault = await faultOf(near.channel.receive());

    expect(fault.family).toBe("transport");
    expect(fault.message).toContain("closed the connection");
    near.channel.close();
    await near.closed;
  });
});

describe("a server that judges us after our side of the handshake", () => {
  const REQUIRE = ["-Verify", "1", "-verify_return_error"];

  test("tells why: it requires a certificate", async () => {
    const { cert, key } = files.add("strict", server);
    const strict = await startOpensslServer([
      ...["-cert", cert, "-key", key, "-CAfile", files.ca, "-tls1_3", ...REQUIRE],
    ]);
    await using _ = strict.server;

    const near = await dial(credentials, strict.port, { identity: undefined });
    const fault = await faultOf(near.channel.receive());

    expect(fault.family).toBe("transport");
    expect(fault.message).toBe("the peer requires a certificate from us");
  });

  test("tells why: it does not know our authority", async () => {
    const { cert, key } = files.add("strict-about-authorities", server);
    const strict = await startOpensslServer([
      ...["-cert", cert, "-key", key, "-CAfile", files.ca, "-tls1_3", ...REQUIRE],
    ]);
    await using _ = strict.server;
    const identity = await stranger.issue({ purpose: "client" });

    const near = await dial(credentials, strict.port, { identity });
    const fault = await faultOf(near.channel.receive());

    expect(fault.family).toBe("transport");
    expect(fault.message).toContain("does not know the authority that signed our certificate");
  });
});

describe("an abort", () => {
  test("ends the connecting with its own reason", async () => {
    using mute = await servePlainly(() => controller.abort(new Error("enough")));
    const controller = new AbortController();

    const outcome = connect(dialOptions(credentials, mute.port, { signal: controller.signal }));

    expect(outcome).rejects.toThrow("enough");
    await outcome.catch(() => undefined);
  });

  test("that came before is not taken for an unreachable server", async () => {
    const signal = AbortSignal.abort(new Error("too late"));

    const outcome = connect(dialOptions(credentials, CLOSED_PORT, { signal }));

    expect(outcome).rejects.toThrow("too late");
    await outcome.catch(() => undefined);
  });
});

const FULL_PORT = `
import socket, sys
listener = socket.create_server(("127.0.0.1", 0), backlog=0)
crowd = []
for _ in range(4):
    one = socket.socket()
    one.setblocking(False)
    one.connect_ex(listener.getsockname())
    crowd.append(one)
print(listener.getsockname()[1], flush=True)
sys.stdin.read()
`;
