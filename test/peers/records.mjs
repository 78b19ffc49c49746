#!/usr/bin/env node
/**
 * A peer that writes its own TLS 1.3 records: after an ordinary handshake it takes the keys out of
 * the key log and seals whatever it likes, which no TLS library would send. It runs in Node, whose
 * key log and whose OpenSSL are not those of the programs under test.
 *
 *   records.mjs client CERT KEY CA PORT
 *   records.mjs server CERT KEY CA
 *
 * Each line on stdin names an attack. It plays a session honestly up to WORK, where it attacks; or,
 * if the attack is only an odd way of writing, to its end. Prints one JSON object per event: a
 * server's "listening", and for both the "end" with the lines that were heard.
 */
import { createCipheriv, createHash, createHmac } from "node:crypto";
import { readFileSync } from "node:fs";
import { connect as connectTcp, createServer } from "node:net";
import { createInterface } from "node:readline";
import { Duplex } from "node:stream";
import { connect as connectTls, TLSSocket } from "node:tls";

const HANDSHAKE = 22;
const ALERT = 21;
const DATA = 23;
const MANY = 1000;
const TICKETS = 2;
const LONGEST = 2 ** 14;

/** This attack is not sent at WORK, but in one segment with the last message of the handshake. */
const EARLY = "an answer before HELLO";

/** Attacks, each sent in place of a line. */
const ATTACKS = {
  [EARLY]: (peer) => peer.send(DATA, "HELLOBACK\n"),
  "empty records": (peer) => repeat(MANY, () => peer.send(DATA, "")),
  "padding alone": (peer) => repeat(MANY, () => peer.send(DATA, "", 1000)),
  "key updates": (peer) => repeat(MANY, () => peer.updateKey(0)),
  "key updates that ask for key updates": (peer) => repeat(MANY, () => peer.updateKey(1)),
  "a malformed key update": (peer) => peer.send(HANDSHAKE, [24, 0, 0, 1, 7]),
  warnings: (peer) => repeat(MANY, () => peer.send(ALERT, [1, 90])),
  "a fatal alert": (peer) => peer.send(ALERT, [2, 80]),
  "half an alert": (peer) => peer.send(ALERT, [2]),
  "a record that is said to be too long": (peer) =>
    peer.sendRaw([DATA, 3, 3, 0xff, 0xff], Buffer.alloc(0xffff)),
  "a record that holds too much": (peer) => peer.send(DATA, Buffer.alloc(LONGEST + 1, "A")),
  "a record with a wrong seal": (peer) => peer.sendRaw(spoilEnd(peer.seal(DATA, "x\n"))),
  "a record that came before": (peer) => {
    const record = peer.seal(DATA, "x");
    peer.sendRaw(record, record);
  },
  "a record that is not long enough for a seal": (peer) => peer.sendRaw([DATA, 3, 3, 0, 1, 0]),
  "clear text": (peer) => peer.sendRaw(Buffer.from("HELLOBACK\n")),
  "a record in clear": (peer) => peer.sendRaw([HANDSHAKE, 3, 3, 0, 4, 14, 0, 0, 0]),
  "a record of an unknown type": (peer) => peer.send(99, "x\n"),
  "a record of no type": (peer) => peer.send(0, ""),
  "a change of ciphers": (peer) => peer.sendRaw([20, 3, 3, 0, 1, 1]),
  "a second ClientHello": (peer) => peer.send(HANDSHAKE, [1, 0, 0, 2, 3, 3]),
  "a second Finished": (peer) => peer.send(HANDSHAKE, [20, 0, 0, 32, ...Buffer.alloc(32)]),
  "a handshake message without end": (peer) => {
    peer.send(HANDSHAKE, [4, 0xff, 0xff, 0xff]);
    peer.end();
  },
  "half a record": (peer) => {
    peer.sendRaw(peer.seal(DATA, "x\n").subarray(0, 8));
    peer.end();
  },
  "an end without notice": (peer) => peer.end(),
  "an end without notice in the middle of a line": (peer) => {
    peer.send(DATA, "x");
    peer.end();
  },
  "data after its notice of closing": (peer) => {
    peer.send(ALERT, [1, 0]);
    peer.send(DATA, "x\n");
  },
};

/** Unusual ways of writing a line, which every peer must accept. */
const UNUSUAL_WAYS = {
  "ordinary records": (peer, line) => peer.write(line),
  "a record for each byte": (peer, line) => {
    for (const byte of Buffer.from(line)) {
      peer.send(DATA, [byte]);
    }
  },
  "a segment for each byte": (peer, line) => {
    for (const byte of peer.seal(DATA, line)) {
      peer.sendRaw([byte]);
    }
  },
  "padding after each line": (peer, line) => peer.send(DATA, line, LONGEST - line.length),
  "empty records between the bytes": (peer, line) => {
    for (const byte of Buffer.from(line)) {
      peer.send(DATA, "");
      peer.send(DATA, [byte]);
    }
  },
  "a new key for each line": (peer, line) => {
    peer.updateKey(0);
    peer.send(DATA, line);
  },
  "a new key of both for each line": (peer, line) => {
    peer.updateKey(1);
    peer.send(DATA, line);
  },
};

const [role, certFile, keyFile, caFile, port] = process.argv.slice(2);
const [cert, key, ca] = [certFile, keyFile, caFile].map((file) => readFileSync(file));
const TLS = { cert, key, ca, minVersion: "TLSv1.3", ciphers: "TLS_AES_128_GCM_SHA256" };

for await (const name of createInterface({ input: process.stdin })) {
  if (role === "client") {
    const tcp = connectTcp(Number(port), "127.0.0.1", () => attackAsClient(name, tcp));
  } else {
    const listener = createServer((tcp) => {
      listener.close();
      attackAsServer(name, tcp);
    });
    listener.listen(0, "127.0.0.1", () =>
      emit("listening", { name, port: listener.address().port }),
    );
  }
}

function attackAsClient(name, tcp) {
  const wire = createWire(tcp);
  wire.heldBack = name === EARLY ? [] : undefined;
  const tls = connectTls({ ...TLS, socket: wire.stream, rejectUnauthorized: false });
  const peer = createPeer(name, tcp, tls, wire, "CLIENT_TRAFFIC_SECRET_0");
  let token = "";
  peer.onSecure = () => {
    if (name === EARLY) {
      tcp.cork();
      tcp.write(Buffer.concat(wire.heldBack));
      ATTACKS[EARLY](peer);
      tcp.uncork();
    }
  };
  peer.onLine = (line) => {
    const [keyword, word = ""] = line.split(" ");
    if (keyword === "WORK") {
      token = word;
      if (name in ATTACKS) {
        ATTACKS[name](peer);
        return;
      }
    }
    if (keyword !== "FAIL") {
      say(name, peer, `${answerTo(keyword, token, word)}\n`);
    }
  };
}

function attackAsServer(name, tcp) {
  const wire = createWire(tcp);
  const tls = new TLSSocket(wire.stream, { ...TLS, isServer: true, requestCert: true });
  const peer = createPeer(name, tcp, tls, wire, "SERVER_TRAFFIC_SECRET_0");
  const lines = ["HELLO", "WORK a-token 0", "COUNTRY an-arg", "DONE"];
  const sayNext = () => {
    const line = lines.shift();
    if (line?.startsWith("WORK") && name in ATTACKS) {
      ATTACKS[name](peer);
    } else if (line !== undefined) {
      say(name, peer, `${line}\n`);
    } else {
      tls.end();
    }
  };
  peer.onLine = sayNext;
  peer.onSecure = sayNext;
}

function say(name, peer, line) {
  const write = UNUSUAL_WAYS[name] ?? (() => peer.send(DATA, line));
  write(peer, line);
}

/** The puzzle has no bits, so that any suffix solves it. */
function answerTo(keyword, token, arg) {
  const fixed = { HELLO: "HELLOBACK", WORK: "0", DONE: "OK" };
  const checksum = createHash("sha256").update(token + arg);
  return fixed[keyword] ?? `${checksum.digest("hex")} a value`;
}

/** A stream for the TLS library, and how many records it wrote since it was last spoken to. */
function createWire(tcp) {
  const wire = { records: 0, secure: false, heldBack: undefined, stream: undefined };
  let answered = false;
  wire.stream = new Duplex({
    read() {},
    write(chunk, _, done) {
      wire.records += countRecords(chunk);
      if (answered && wire.heldBack !== undefined) {
        wire.heldBack.push(chunk);
        done();
      } else {
        tcp.write(chunk, () => done());
      }
    },
    final: (done) => tcp.end(done),
  });
  tcp.on("data", (chunk) => {
    answered = true;
    if (!wire.secure) {
      wire.records = 0;
    }
    wire.stream.push(chunk);
  });
  tcp.on("end", () => wire.stream.push(null));
  tcp.on("error", () => wire.stream.destroy());
  tcp.on("close", () => wire.stream.destroy());
  return wire;
}

function createPeer(name, tcp, tls, wire, label) {
  let secret;
  let sequence = 0n;
  let heard = "";
  const address = `127.0.0.1:${tcp.localPort}`;
  const lines = [];

  const peer = {
    onSecure() {},
    onLine() {},
    seal(type, content, padding = 0) {
      const inner = Buffer.concat([Buffer.from(content), Buffer.of(type), Buffer.alloc(padding)]);
      const header = Buffer.of(DATA, 3, 3, (inner.length + 16) >> 8, (inner.length + 16) & 255);
      const nonce = expand(secret, "iv", 12);
      nonce.writeBigUInt64BE(nonce.readBigUInt64BE(4) ^ sequence, 4);
      sequence += 1n;
      const cipher = createCipheriv("aes-128-gcm", expand(secret, "key", 16), nonce).setAAD(header);
      return Buffer.concat([header, cipher.update(inner), cipher.final(), cipher.getAuthTag()]);
    },
    send: (type, content, padding) => tcp.write(peer.seal(type, content, padding)),
    sendRaw: (...pieces) => pieces.map((piece) => tcp.write(Buffer.from(piece))),
    updateKey(request) {
      peer.send(HANDSHAKE, [24, 0, 0, 1, request]);
      secret = expand(secret, "traffic upd", 32);
      sequence = 0n;
    },
    write: (text) => tls.write(text),
    end: () => tcp.end(),
  };

  /** A server's two tickets are sealed with the same key, and come first. */
  function begin() {
    if (label.startsWith("SERVER") && wire.records < TICKETS) {
      setImmediate(begin);
      return;
    }
    sequence = label.startsWith("SERVER") ? BigInt(TICKETS) : 0n;
    setImmediate(() => peer.onSecure());
  }

  tcp.setNoDelay(true);
  tls.on("keylog", (line) => {
    const [kind, , hex] = line.toString().trim().split(" ");
    if (kind === label) {
      secret = Buffer.from(hex, "hex");
    }
  });
  tls.on("secure", () => {
    wire.secure = true;
    begin();
  });
  tls.setEncoding("utf8");
  tls.on("data", (text) => {
    heard += text;
    for (let end = heard.indexOf("\n"); end >= 0; end = heard.indexOf("\n")) {
      const line = heard.slice(0, end);
      heard = heard.slice(end + 1);
      lines.push(line);
      peer.onLine(line);
    }
  });
  tls.on("error", () => undefined);
  tcp.on("close", () => emit("end", { name, address, lines }));
  return peer;
}

/** HKDF-Expand-Label of RFC 8446, section 7.1, for outputs of at most one hash. */
function expand(secret, label, length) {
  const name = Buffer.from(`tls13 ${label}`);
  const info = Buffer.concat([Buffer.of(0, length, name.length), name, Buffer.of(0, 1)]);
  return createHmac("sha256", secret).update(info).digest().subarray(0, length);
}

function countRecords(chunk) {
  let count = 0;
  for (let at = 0; at + 5 <= chunk.length; at += 5 + chunk.readUInt16BE(at + 3)) {
    count += 1;
  }
  return count;
}

function spoilEnd(record) {
  record[record.length - 1] ^= 1;
  return record;
}

function repeat(times, action) {
  for (let time = 0; time < times; time += 1) {
    action();
  }
}

function emit(event, values) {
  process.stdout.write(`${JSON.stringify({ event, ...values })}\n`);
}
