/**
 * A client that costs as little as it can: it answers what it is asked and checks only that the
 * session came to its end. It solves no puzzle, so the server must ask for 0 bits.
 */
import { createHash } from "node:crypto";

export interface Target {
  readonly port: number;
  readonly tls: Bun.TLSOptions;
}

/** What came of a visit. */
export type Outcome = "done" | "handshake" | "broken";

interface Visit {
  outcome: Outcome;
  token: string;
  text: string;
  /** Where to pause, for good until resumed: before answering WORK. */
  parked: boolean;
  readonly onParked: ((resume: () => void) => void) | undefined;
  readonly ended: (outcome: Outcome) => void;
}

/** Holds one session to its end. With `onParked` it waits in WORK until it is resumed. */
export function visit(
  { port, tls }: Target,
  onParked?: (resume: () => void) => void,
): Promise<Outcome> {
  return new Promise((resolve) => {
    const data: Visit = {
      outcome: "broken",
      token: "",
      text: "",
      parked: false,
      onParked,
      ended: resolve,
    };
    Bun.connect<Visit>({ hostname: "127.0.0.1", port, tls, data, socket: HANDLER }).catch(() =>
      resolve("broken"),
    );
  });
}

const HANDLER: Bun.SocketHandler<Visit> = {
  handshake(socket, success) {
    if (success) {
      socket.data.outcome = "handshake";
    }
  },
  data(socket, bytes) {
    const visit = socket.data;
    visit.text += bytes.toString();
    if (visit.text.endsWith("\n")) {
      const line = visit.text.slice(0, -1);
      visit.text = "";
      answer(socket, line);
    }
  },
  close: (socket) => socket.data.ended(socket.data.outcome),
  error() {},
};

function answer(socket: Bun.Socket<Visit>, line: string): void {
  const visit = socket.data;
  const [keyword, word = ""] = line.split(" ");
  if (keyword === "HELLO") {
    socket.write("HELLOBACK\n");
  } else if (keyword === "WORK") {
    visit.token = word;
    if (visit.onParked === undefined) {
      socket.write("A\n");
    } else {
      visit.onParked(() => socket.write("A\n"));
    }
  } else if (keyword === "DONE") {
    visit.outcome = "done";
    socket.end("OK\n");
  } else if (keyword === "FAIL") {
    socket.end();
  } else {
    const checksum = createHash("sha256").update(`${visit.token}${word}`).digest("hex");
    socket.write(`${checksum} a value of ordinary length\n`);
  }
}
