/**
 * Participants of an intake: clients that send answers of their own and remember what they heard.
 * They solve no puzzle, so the server must require 0 bits.
 */
import { hash } from "node:crypto";
import type { GivenAnswers } from "../../src/intake/entry.ts";
import type { RequestName } from "../../src/wire/message.ts";

export interface Ending {
  readonly answers: GivenAnswers;
  /** Whether the server promised to keep the answers. */
  readonly sawDone: boolean;
  /** The reason of a FAIL. */
  readonly refusal?: string | undefined;
}

interface Session {
  readonly answers: GivenAnswers;
  readonly ended: (ending: Ending) => void;
  token: string;
  text: string;
  sawDone: boolean;
  refusal?: string;
}

/** Holds one session; resolves when it has ended, however it did. */
export function takePart(
  { port, tls }: { readonly port: number; readonly tls: Bun.TLSOptions },
  answers: GivenAnswers,
): Promise<Ending> {
  return new Promise((resolve) => {
    const data: Session = { answers, ended: resolve, token: "", text: "", sawDone: false };
    Bun.connect<Session>({ hostname: "127.0.0.1", port, tls, data, socket: HANDLER }).catch(() =>
      resolve({ answers, sawDone: false }),
    );
  });
}

const HANDLER: Bun.SocketHandler<Session> = {
  data(socket, bytes) {
    const session = socket.data;
    session.text += bytes.toString();
    if (session.text.endsWith("\n")) {
      const line = session.text.slice(0, -1);
      session.text = "";
      answer(socket, line);
    }
  },
  close({ data: { answers, sawDone, refusal, ended } }) {
    ended({ answers, sawDone, refusal });
  },
  error() {},
};

function answer(socket: Bun.Socket<Session>, line: string): void {
  const session = socket.data;
  const [keyword = "", word = ""] = line.split(" ");
  if (keyword === "HELLO") {
    socket.write("HELLOBACK\n");
  } else if (keyword === "WORK") {
    session.token = word;
    socket.write("A\n");
  } else if (keyword === "DONE") {
    session.sawDone = true;
    socket.end("OK\n");
  } else if (keyword === "FAIL") {
    session.refusal = line.slice("FAIL ".length);
    socket.end();
  } else {
    const value = session.answers[keyword as RequestName];
    socket.write(`${hash("sha256", session.token + word)} ${value}\n`);
  }
}

/** The most bytes of an answer: a line holds its checksum, a space and the `\n` too. */
const LONGEST = 1000 - 64 - " \n".length;

/** Answers that a store, a table or a spreadsheet could spoil; `name` tells them apart. */
export function awkwardAnswers(name: string): GivenAnswers {
  return {
    FULL_NAME: name,
    EMAIL1: "=cmd|' /C calc'!A0",
    EMAIL2: " \u202eright to left\u202c ",
    SOCIAL: `"quoted", 'twice'; -- \\ %s $1`,
    BIRTHDATE: "+1\u00a0\u2028\u0085\ufeff",
    COUNTRY: "Ελλάδα 🇬🇷 e\u0301 \u{1f468}\u200d\u{1f469}",
    ADDR_LINE1: "@".repeat(LONGEST),
    ADDR_LINE2: "\u{1f600}".repeat(LONGEST / 4),
  };
}
