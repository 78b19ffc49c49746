import { describe, expect, setDefaultTimeout, test } from "bun:test";
import { createHash } from "node:crypto";
import type { LineChannel } from "../../../src/conversation/channel.ts";
import { withTimeout } from "../../../src/deadline.ts";
import { SocketChannel } from "../../../src/tls/socket-channel.ts";
import { makeCredentials } from "../../support/certificates.ts";
import { waitFor } from "../../support/processes.ts";
import { faultOf } from "./ends.ts";
import { MEETINGS } from "./raw-peer.ts";

setDefaultTimeout(120_000);

const credentials = await makeCredentials();

/** More than any system buffers for a connection whose peer does not read, in bytes. */
const BACKLOG = 48 * 1024 * 1024;

/** The bound of 64 KiB, and the most that the runtime hands over in one turn. */
const MAX_FLOOD = 2 * 1024 * 1024;

function bytesReceivedBy(channel: LineChannel): number {
  if (!(channel instanceof SocketChannel)) {
    throw new Error("not the channel of a socket");
  }
  return channel.traffic.received;
}

for (const [whose, meet] of Object.entries(MEETINGS)) {
  describe(`the channel ${whose}`, () => {
    test("makes lines from bytes that come in any pieces", async () => {
      using meeting = await meet(credentials);
      const { channel, peer } = meeting;
      for (const piece of ["He", "llo\nwor", "ld", "\n"]) {
        peer.write(piece);
        await new Promise(setImmediate);
      }

      expect([await channel.receive(), await channel.receive()]).toEqual(["Hello", "world"]);
    });

    test("sends a line with its end and nothing else", async () => {
      using meeting = await meet(credentials);
      const { channel, peer } = meeting;

      await channel.send("Zoë");
      channel.close();

      await peer.closed;
      expect(Buffer.from(peer.text, "latin1").toString()).toBe("Zoë\n");
    });

    test("resolves a send only when a slow peer begins to read", async () => {
      using meeting = await meet(credentials);
      const { channel, peer } = meeting;
      peer.pause();
      let sent = false;
      const sending = channel.send("x".repeat(BACKLOG)).then(() => {
        sent = true;
      });
      // While the peer's line is on its way, ours could have been sent.
      peer.write("not listening\n");
      expect(await channel.receive()).toBe("not listening");
      expect(sent).toBe(false);

      peer.resume();
      await waitFor(sending, () => "the end of a long line");

      expect(sent).toBe(true);
    });

    test("sends everything in order once a peer with a backlog reads", async () => {
      using meeting = await meet(credentials);
      const { channel, peer } = meeting;
      const expected = createHash("sha256");
      peer.pause();
      const lines = Array.from({ length: 6 }, (_, index) => `${index}`.repeat(BACKLOG / 8));
      const sending = (async () => {
        for (const line of lines) {
          expected.update(`${line}\n`);
          await channel.send(line);
        }
      })();
      peer.write("go\n");
      await channel.receive();

      peer.resume();
      await waitFor(sending, () => "the end of a backlog");
      await peer.read(lines.length * (BACKLOG / 8 + 1));

      expect(peer.digest()).toBe(expected.digest("hex"));
    });

    test("sends a line after the rest of one whose sender has stopped waiting", async () => {
      using meeting = await meet(credentials);
      const { channel, peer } = meeting;
      const long = "x".repeat(BACKLOG);
      peer.pause();
      const deadline = { seconds: 0.05, step: "sending" };
      expect((await faultOf(withTimeout(deadline, channel.send(long)))).family).toBe("timeout");

      const farewell = channel.send("FAIL enough");
      peer.resume();
      await waitFor(farewell, () => "the end of a farewell");
      await peer.read(`${long}\nFAIL enough\n`.length);

      const expected = createHash("sha256").update(`${long}\nFAIL enough\n`).digest("hex");
      expect(peer.digest()).toBe(expected);
    });

    test("closes only after the lines that were sent, also to a peer that has not read them yet", async () => {
      using meeting = await meet(credentials);
      const { channel, peer } = meeting;
      peer.pause();
      const line = "x".repeat(100_000);
      await channel.send(line);
      await channel.send("the last line");
      channel.close();

      peer.resume();

      await peer.closed;
      expect(peer.length).toBe(line.length + 1 + "the last line\n".length);
    });

    test("delivers its last line to a peer that sends much", async () => {
      using meeting = await meet(credentials);
      const { channel, peer } = meeting;
      // Far more than is read before the close, because unread input turns a close into a reset.
      peer.write(`${"x".repeat(500)}\n`.repeat(2000));
      await channel.receive();

      await channel.send("FAIL enough");
      channel.close();

      await peer.read("FAIL enough\n".length);
      expect(peer.text).toBe("FAIL enough\n");
    });

    test("cuts a peer that does not stop sending after the close", async () => {
      using meeting = await meet(credentials);
      const { channel, peer } = meeting;
      peer.flood();
      await channel.receive();

      await channel.send("FAIL enough");
      channel.close();

      await waitFor(meeting.closed, () => "the end of a flood");
      expect(peer.text).toBe("FAIL enough\n");
      expect(bytesReceivedBy(channel)).toBeLessThan(MAX_FLOOD);
    });

    test("stops reading from a peer that floods, also before the close", async () => {
      using meeting = await meet(credentials);
      const { channel, peer } = meeting;
      peer.flood();
      await channel.receive();
      await Bun.sleep(200);
      expect(bytesReceivedBy(channel)).toBeLessThan(MAX_FLOOD);

      await channel.send("FAIL enough");
      channel.close();

      await waitFor(meeting.closed, () => "the end of a flood");
      expect(peer.text).toBe("FAIL enough\n");
      expect(bytesReceivedBy(channel)).toBeLessThan(MAX_FLOOD);
    });

    test("gives out the lines before the peer's end, then a transport fault", async () => {
      using meeting = await meet(credentials);
      const { channel, peer } = meeting;
      peer.write("last words\n");
      peer.end();

      expect(await channel.receive()).toBe("last words");
      const fault = await faultOf(channel.receive());
      expect(fault.family).toBe("transport");
      expect(fault.message).toBe("the peer closed the connection");
      await meeting.closed;
    });

    test("never takes the beginning of a line for one when the peer closes", async () => {
      using meeting = await meet(credentials);
      const { channel, peer } = meeting;
      peer.write("unfini");
      peer.end();

      expect((await faultOf(channel.receive())).family).toBe("transport");
    });

    test("ends with a transport fault when the peer resets the connection", async () => {
      using meeting = await meet(credentials);
      const { channel, peer } = meeting;
      peer.reset();

      expect((await faultOf(channel.receive())).family).toBe("transport");
      await meeting.closed;
      expect((await faultOf(channel.send("into the void"))).family).toBe("transport");
    });

    test("does not leave a sender waiting for a peer that is gone", async () => {
      using meeting = await meet(credentials);
      const { channel, peer } = meeting;
      peer.pause();
      const sending = faultOf(channel.send("x".repeat(BACKLOG)));
      peer.write("bye\n");
      await channel.receive();
      peer.reset();

      const fault = await waitFor(sending, () => "the end of a sender");

      expect(fault.family).toBe("transport");
      expect(fault.message).toBe("the connection was closed");
    });

    test("ignores input that arrives after it was closed", async () => {
      using meeting = await meet(credentials);
      const { channel, peer } = meeting;
      channel.close();
      peer.write("too late\n");
      await meeting.closed;

      expect(channel.unread).toBe(false);
      const fault = await faultOf(channel.receive());
      expect(fault.message).toBe("the connection was closed");
    });

    test("sends nothing after it was closed", async () => {
      using meeting = await meet(credentials);
      const { channel, peer } = meeting;
      channel.close();

      expect((await faultOf(channel.send("too late"))).family).toBe("transport");
      await peer.closed;
      expect(peer.length).toBe(0);
    });

    test("may be closed twice", async () => {
      using meeting = await meet(credentials);
      meeting.channel.close();
      meeting.channel.close();

      await meeting.peer.closed;
      await meeting.closed;
      meeting.channel.close();
    });

    test("ends by itself after a while when a closed one's peer never closes", async () => {
      using meeting = await meet(credentials);
      const { channel, peer } = meeting;
      peer.pause();
      const begun = performance.now();
      channel.close();

      await waitFor(meeting.closed, () => "the end of a lingering connection");

      const seconds = (performance.now() - begun) / 1000;
      expect(seconds).toBeGreaterThan(0.5);
      expect(seconds).toBeLessThan(20);
    });

    test("tells whether a line is ready, and whether one has begun", async () => {
      using meeting = await meet(credentials);
      const { channel, peer } = meeting;
      expect([channel.ready, channel.unread]).toEqual([false, false]);

      peer.write("one\ntw");
      await channel.arrival();
      expect([channel.ready, channel.unread]).toEqual([true, true]);

      await channel.receive();
      expect([channel.ready, channel.unread]).toEqual([false, true]);
    });
  });
}
