/**
 * A cheap client: it answers every line and checks only that the session reaches its end. It solves
 * no puzzle, so the server must require 0 bits.
 */
import { createHash } from "node:crypto";

export interface Target {
  readonly port: number;
  readonly tls: Bun.TLSOptions;
}

/** How far a session came: to its end, past the handshake, or not even there. */
export type Outcome = "done" | "handshake" | "broken";

interface Session {
  outcome: Outcome;
  token: string;
  text: string;
  readonly onWork: ((resume: () => void) => void) | undefined;
  readonly ended: (outcome: Outcome) => void;
}

/** Runs one session to its end. With `onWork` it pauses before it answers WORK, until resumed. */
export function runSession(
  { port, tls }: Target,
  onWork?: (resume: () => void) => void,
): Promise<Outcome> {
  return new Promise((resolve) => {
    const data: Session = { outcome: "broken", token: "", text: "", onWork, ended: resolve };
    Bun.connect<Session>({ hostname: "127.0.0.1", port, tls, data, socket: HANDLER }).catch(() =>
      resolve("broken"),
    );
  });
}

const HANDLER: Bun.SocketHandler<Session> = {
  handshake(socket, success) {
    if (success) {
      socket.data.outcome = "handshake";
    }
  },
  data(socket, bytes) {
    const session = socket.data;
    session.text += bytes.toString();
    if (session.text.endsWith("\n")) {
      const line = session.text.slice(0, -1);
      session.text = "";
      answer(socket, line);
    }
  },
  close: (socket) => socket.data.ended(socket.data.outcome),
  error() {},
};

function answer(socket: Bun.Socket<Session>, line: string): void {
  const session = socket.data;
  const [keyword, word = ""] = line.split(" ");
  if (keyword === "HELLO") {
    socket.write("HELLOBACK\n");
  } else if (keyword === "WORK") {
    session.token = word;
    const sendSolution = () => void socket.write("A\n");
    if (session.onWork === undefined) {
      sendSolution();
    } else {
      session.onWork(sendSolution);
    }
  } else if (keyword === "DONE") {
    session.outcome = "done";
    socket.end("OK\n");
  } else if (keyword === "FAIL") {
    socket.end();
  } else {
    const checksum = createHash("sha256").update(`${session.token}${word}`).digest("hex");
    socket.write(`${checksum} a value of ordinary length\n`);
  }
}
