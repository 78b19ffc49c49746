import { afterAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { X509Certificate } from "node:crypto";
import { connect as connectTls } from "node:tls";
import { fingerprintOf, identify } from "../../../src/certificates/fingerprint.ts";
import { hintFor } from "../../../src/cli/hints.ts";
import { LIBRARY_VOICE } from "../../../src/fault/fault.ts";
import { listen } from "../../../src/tls/listen.ts";
import { causeOf } from "../../../src/tls/tls-errors.ts";
import { type Credential, makeAuthority, makeCredentials } from "../../support/certificates.ts";
import { faultOf as thrownBy } from "../../support/faults.ts";
import { connectPlainly } from "../../support/plain-tcp.ts";
import {
  CAPACITY,
  connectBoth,
  dial,
  faultOf,
  LOOPBACK,
  serveGoodClient,
  startListener,
  startOpensslClient,
  writeAuthority,
} from "./ends.ts";

setDefaultTimeout(120_000);

const credentials = await makeCredentials();
const { authority, server } = credentials;
const otherClient = await (await makeAuthority({ name: "other" })).issue({ purpose: "client" });
const files = writeAuthority(credentials);
afterAll(() => files[Symbol.dispose]());

const SERVED = ["question", "answer"] as const;
const SECOND_ADDRESS = "127.0.0.2";

describe("an accepted connection", () => {
  test("has the peer, its identity and the TLS parameters", async () => {
    using listener = startListener(credentials);
    const { near, far } = await connectBoth(credentials, listener);

    expect(far.peer).toMatch(/^127\.0\.0\.1:\d+$/);
    expect(far.tlsVersion).toBe("TLSv1.3");
    expect(far.cipher).toMatch(/^TLS_/);
    expect(far.identity).toEqual(identify(new X509Certificate(credentials.client.cert)));
    expect(far.refusal).toBeUndefined();

    near.channel.close();
    await far.closed;
  });

  test("may be of TLS 1.2, with an authenticated cipher and forward secrecy", async () => {
    using listener = startListener(credentials);
    const { cert, key } = files.add("client", credentials.client);
    await using client = startOpensslClient(listener.port, [
      ...["-CAfile", files.ca, "-cert", cert, "-key", key, "-tls1_2"],
    ]);

    const { tlsVersion, cipher, channel } = await listener.accepted.next();

    expect(tlsVersion).toBe("TLSv1.2");
    expect(cipher).toMatch(/^ECDHE-ECDSA-AES\d+-GCM|^ECDHE-ECDSA-CHACHA20/);
    channel.close();
    await client.ended();
  });

  test("is no longer subject to the handshake timeout", async () => {
    using listener = startListener(credentials, { handshakeTimeout: 2 });
    const { near, far } = await connectBoth(credentials, listener);
    // The handshake timeout of a later, silent client ends after the first one's would.
    using silent = connectPlainly(listener.port);
    expect((await listener.rejected.next()).fault.family).toBe("timeout");
    await silent.closed();

    await far.channel.send("still here");

    expect(await near.channel.receive()).toBe("still here");
    near.channel.close();
    await far.closed;
  });
});

describe("more connections than the maximum", () => {
  test("are dropped at once", async () => {
    using listener = startListener(credentials, { capacity: { ...CAPACITY, sessions: 1 } });
    const open = [
      await connectBoth(credentials, listener),
      await connectBoth(credentials, listener),
    ];
    using third = connectPlainly(listener.port);

    const { fault } = await listener.rejected.next();

    expect(fault.family).toBe("transport");
    expect(fault.message).toContain("too many connections");
    await third.closed();
    expect(open.map(({ far }) => far.refusal)).toEqual([undefined, "busy"]);
    for (const { near, far } of open) {
      near.channel.close();
      await far.closed;
    }
  });

  test("include those whose handshake is not finished", async () => {
    using listener = startListener(credentials, { capacity: { ...CAPACITY, sessions: 1 } });
    using first = connectPlainly(listener.port);
    using second = connectPlainly(listener.port);
    await Promise.all([first.connected(), second.connected()]);
    using third = connectPlainly(listener.port);

    const { fault } = await listener.rejected.next();

    expect(fault.message).toContain("too many connections");
    await third.closed();
  });

  test("do not count once others have left", async () => {
    using listener = startListener(credentials, { capacity: { ...CAPACITY, connections: 1 } });
    const { near, far } = await connectBoth(credentials, listener);
    using dropped = connectPlainly(listener.port);
    await dropped.closed();
    near.channel.close();
    await Promise.all([near.closed, far.closed]);

    expect(await serveGoodClient(credentials, listener)).toEqual(SERVED);
    expect(listener.rejected.count).toBe(1);
  });
});

describe("connections from one address", () => {
  test("are limited by themselves, those in their handshake included", async () => {
    using listener = startListener(credentials, { capacity: { ...CAPACITY, perAddress: 1 } });
    using silent = connectPlainly(listener.port);
    await silent.connected();
    const { near, far } = await connectBoth(credentials, listener);
    expect(far.refusal).toBe("busy: too many connections from your address");
    using dropped = connectPlainly(listener.port);

    const { fault } = await listener.rejected.next();

    expect(fault.message).toBe("too many connections from this address");
    expect(causeOf(fault)).toBe("too-many");
    await dropped.closed();
    near.channel.close();
    await far.closed;
  });
});

describe("a list of clients", () => {
  const fingerprint = ({ cert }: Credential) => fingerprintOf(new X509Certificate(cert));

  test("admits the clients on it", async () => {
    const allowedClients = [fingerprint(otherClient), fingerprint(credentials.client)];
    using listener = startListener(credentials, { allowedClients });
    const { near, far } = await connectBoth(credentials, listener);

    expect(far.refusal).toBeUndefined();
    near.channel.close();
    await far.closed;
  });

  test("has all others refused, in spite of their certificate", async () => {
    using listener = startListener(credentials, { allowedClients: [fingerprint(otherClient)] });
    const { near, far } = await connectBoth(credentials, listener);

    expect(far.refusal).toBe("this server does not serve your public key");
    near.channel.close();
    await far.closed;
  });
});

describe("reloaded credentials", () => {
  test("hold for every new connection, and for none that is open", async () => {
    using listener = startListener(credentials);
    const { near, far } = await connectBoth(credentials, listener);
    const others = await makeCredentials();

    listener.reload({ identity: others.server, trust: { authorities: others.authority.cert } });

    await far.channel.send("we go on");
    expect(await near.channel.receive()).toBe("we go on");
    expect(await serveGoodClient(others, listener)).toEqual(SERVED);
    const fault = await faultOf(dial(credentials, listener.port));
    expect(fault.message).toContain("not signed by an authority that we trust");
    near.channel.close();
    await far.closed;
  });

  test("hold at every address", async () => {
    using listener = startListener(credentials, { addresses: [LOOPBACK, SECOND_ADDRESS] });
    const others = await makeCredentials();

    listener.reload({ identity: others.server, trust: { authorities: others.authority.cert } });

    for (const address of [LOOPBACK, SECOND_ADDRESS]) {
      const near = await dial(others, listener.port, { address });
      const far = await listener.accepted.next();
      near.channel.close();
      await far.closed;
    }
  });

  test("do not apply to a handshake in progress", async () => {
    using listener = startListener(credentials);
    using early = connectPlainly(listener.port);
    await early.connected();
    // A later client was served, so the listener has seen this one.
    await serveGoodClient(credentials, listener);
    const others = await makeCredentials();

    listener.reload({ identity: others.server, trust: { authorities: others.authority.cert } });

    const { cert, key } = credentials.client;
    const { cert: ca } = credentials.authority;
    const secured = connectTls({ socket: early.socket, servername: "localhost", ca, cert, key });
    const far = await listener.accepted.next();
    expect(far.identity).toEqual(identify(new X509Certificate(cert)));
    secured.destroy();
    await far.closed;
  });

  test("that cannot be used change nothing", async () => {
    using listener = startListener(credentials);
    const identity = { cert: server.cert, key: credentials.client.key };

    expect(() => listener.reload({ identity, trust: { authorities: authority.cert } })).toThrow(
      "the certificates cannot be used",
    );

    expect(await serveGoodClient(credentials, listener)).toEqual(SERVED);
  });
});

describe("in insecure mode", () => {
  test("a client needs no certificate", async () => {
    using listener = startListener(credentials, { trust: "anybody" });
    const near = await dial(credentials, listener.port, { identity: undefined });
    const far = await listener.accepted.next();

    await near.channel.send("hello");

    expect(far.identity).toBeUndefined();
    expect(await far.channel.receive()).toBe("hello");
    near.channel.close();
    await far.closed;
  });

  test("a client that offers a stranger's certificate is served all the same", async () => {
    using listener = startListener(credentials, { trust: "anybody" });
    const near = await dial(credentials, listener.port, { identity: otherClient });
    const far = await listener.accepted.next();

    await far.channel.send("welcome");

    expect(await near.channel.receive()).toBe("welcome");
    near.channel.close();
    await far.closed;
  });

  test("a client that speaks in clear is refused all the same", async () => {
    using listener = startListener(credentials, { trust: "anybody" });
    using client = connectPlainly(listener.port);
    client.socket.write("HELLOBACK\n");

    const { fault } = await listener.rejected.next();

    expect(fault.message).toContain("does not speak TLS");
    await client.closed();
    expect(listener.accepted.count).toBe(0);
  });
});

describe("binding", () => {
  test("takes the same free port on every address", async () => {
    using listener = startListener(credentials, { addresses: [LOOPBACK, SECOND_ADDRESS] });
    for (const address of [LOOPBACK, SECOND_ADDRESS]) {
      const near = await dial(credentials, listener.port, { address });
      const far = await listener.accepted.next();
      expect(far.peer).toStartWith("127.0.0.1:");
      near.channel.close();
      await far.closed;
    }
  });

  test("to a port in use is a transport fault that says so, with a hint", () => {
    using listener = startListener(credentials);

    const fault = thrownBy(() => startListener(credentials, { ports: [listener.port] }));

    expect(fault.family).toBe("transport");
    expect(fault.message).toBe(`cannot listen on 127.0.0.1:${listener.port}: the port is in use`);
    expect(hintFor(fault, LIBRARY_VOICE)).toBe(
      "choose another with port, or let the system choose one with port 0",
    );
  });

  test("leaves no address bound when one of them cannot be", async () => {
    // Addresses of this test alone, so that no other has the port there.
    const [free, other] = ["127.0.43.22", "127.0.43.23"] as const;
    using taken = startListener(credentials, { addresses: [other] });
    const { port } = taken;

    expect(() => startListener(credentials, { addresses: [free, other], ports: [port] })).toThrow(
      `${other}:${port}: the port is in use`,
    );

    using client = connectPlainly(port, free);
    await client.closed();
    expect(client.error()).toBe("ECONNREFUSED");
  });

  test("to several ports is to all of them, in their order", async () => {
    using listener = startListener(credentials, { ports: [0, 0, 0] });

    expect(new Set(listener.ports).size).toBe(3);
    for (const port of listener.ports) {
      const near = await dial(credentials, port);
      const far = await listener.accepted.next();
      near.channel.close();
      await far.closed;
    }
  });

  test("to several ports is to none where one is in use", () => {
    // An address of this test alone, so that no other takes a port meanwhile.
    const addresses = ["127.0.43.21"] as const;
    using taken = startListener(credentials, { addresses });
    const free = startListener(credentials, { addresses });
    free[Symbol.dispose]();

    for (const ports of [
      [free.port, taken.port],
      [taken.port, free.port],
      [0, taken.port, free.port],
    ] as const) {
      const fault = thrownBy(() => startListener(credentials, { addresses, ports }));

      expect(fault.message).toBe(`cannot listen on 127.0.43.21:${taken.port}: the port is in use`);
      expect(hintFor(fault, LIBRARY_VOICE)).toStartWith("choose another with ports");
      startListener(credentials, { addresses, ports: [free.port] })[Symbol.dispose]();
    }
  });

  test("to an address of another machine is a transport fault", () => {
    expect(() => startListener(credentials, { addresses: ["192.0.2.1"] })).toThrow(
      expect.objectContaining({
        family: "transport",
        message: "cannot listen on 192.0.2.1:0: not an address of this machine",
      }),
    );
  });

  test("to an address of an interface that does not exist is one too", () => {
    expect(() => startListener(credentials, { addresses: ["fe80::1%nowhere0"] })).toThrow(
      "cannot listen on [fe80::1%nowhere0]:0: no interface has that address",
    );
  });

  test("stops on request, and open connections stay", async () => {
    // An address of this test alone, so that no other takes the port meanwhile.
    const address = "127.0.43.24";
    using listener = startListener(credentials, { addresses: [address] });
    const near = await dial(credentials, listener.port, { address });
    const far = await listener.accepted.next();
    listener.stop();
    using late = connectPlainly(listener.port, address);
    await late.closed();
    expect(late.error()).toBe("ECONNREFUSED");

    await far.channel.send("we go on");

    expect(await near.channel.receive()).toBe("we go on");
    near.channel.close();
    await far.closed;
  });
});

test("a key that does not belong to its certificate is a usage fault", () => {
  const identity = { cert: server.cert, key: credentials.client.key };

  expect(() =>
    listen({
      addresses: [LOOPBACK],
      ports: [0],
      identity,
      trust: { authorities: authority.cert },
      allowedClients: [],
      reusePort: false,
      handshakeTimeout: 1,
      capacity: CAPACITY,
      onAccepted: () => undefined,
      onRejected: () => undefined,
    }),
  ).toThrow(
    expect.objectContaining({
      family: "usage",
      message: expect.stringContaining("the certificates cannot be used"),
    }),
  );
});
