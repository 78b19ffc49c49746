/**
 * `tlslp invite`
 */
import { isCertificateName, MAX_NAME_LENGTH, outlives } from "../certificates/issue.ts";
import type { Context } from "../cli/command.ts";
import {
  type FlagValues,
  fileFlag,
  switchFlag,
  textFlag,
  valueFlag,
  wholeFlag,
} from "../cli/flag.ts";
import { printNote } from "../cli/output.ts";
import { createStatusLine } from "../cli/progress.ts";
import { createCommand } from "../cli/run.ts";
import { DEFAULT_PORTS } from "../client/run-client.ts";
import { Fault } from "../fault/fault.ts";
import type { Person } from "../invitations/people.ts";
import { readPipesAhead } from "../io/input.ts";
import { createPasswords } from "../io/password.ts";
import { dirFlag, MAX_DAYS, warnOfClamp } from "./certs/flags.ts";
import { readPorts } from "./connection-flags.ts";
import { readHost } from "./host.ts";
import { LIST_FLAGS, printInvitations } from "./invite-list.ts";

/** Above this number of people the progress is shown. */
const MANY = 100;

const FLAGS = {
  host: valueFlag(
    {
      name: "host",
      placeholder: "HOST",
      fallback: undefined,
      shownDefault: "the first name in the server's certificate, else localhost",
      help: "where the server is; goes into the file",
    },
    readHost,
  ),
  ports: valueFlag(
    {
      name: "ports",
      placeholder: "LIST",
      fallback: DEFAULT_PORTS,
      shownDefault: DEFAULT_PORTS.join(","),
      help: "the server's ports, tried in order until one answers; go into the file",
    },
    readPorts,
  ),
  days: wholeFlag({
    name: "days",
    placeholder: "N",
    fallback: 15,
    least: 1,
    most: MAX_DAYS,
    help: "how many days it is valid; it ends with its authority at the latest",
  }),
  dir: dirFlag("the folder of the authority, as tlslp certs makes it"),
  out: textFlag({
    name: "out",
    placeholder: "FOLDER",
    offers: "folders",
    fallback: "invitations",
    help: "the folder for the files",
  }),
  force: switchFlag({ name: "force", help: "replace files of the same names" }),
  from: fileFlag({
    name: "from",
    placeholder: "FILE.csv",
    fallback: undefined,
    help: "invite all people of a list: a header with the column name, and perhaps email",
  }),
  csr: fileFlag({
    name: "csr",
    placeholder: "FILE",
    fallback: undefined,
    help: "sign this certificate request, PEM, instead of making a key; its own name does not count",
  }),
  encryptKey: switchFlag({
    name: "encrypt-key",
    help: "encrypt the keys with a password: from TLSLP_PASSWORD, or typed twice",
  }),
  ...LIST_FLAGS,
} as const;

export const inviteCommand = createCommand({
  meta: {
    name: "invite",
    description: "make a file for each person, with which tlslp client takes part",
  },
  positionals: [
    {
      name: "name",
      help: `the person's name: printable text of 1 to ${MAX_NAME_LENGTH} characters`,
      repeatable: true,
      optional: true,
      read: readPersonName,
    },
  ],
  flags: FLAGS,
  examples: [
    {
      command: 'tlslp invite "Zoë Müller" --host intake.example.org --ports 7883',
      shows: "invitations/zoë-müller.tlslp, to be mailed",
    },
    {
      command: "tlslp invite --from people.csv --days 30",
      shows: "a file for each row of a list",
    },
    { command: "tlslp invite --list", shows: "the people who were invited, and until when" },
  ],
  logs: true,
  async run({ flags, positionals: [names] }, context) {
    if (asksForList(flags, names)) {
      await printInvitations(flags, context);
      return;
    }
    const people = await findPeople(flags, names, context.signal);
    const paths = await invite(people, flags, context);
    await context.print(paths.map((path) => `${path}\n`).join(""));
  },
});

/** Whether only the list is asked for. Throws a usage fault for flags that exclude it. */
function asksForList(flags: FlagValues<typeof FLAGS>, names: readonly string[]): boolean {
  const { list, json, from, csr } = flags;
  if (json && !list) {
    throw new Fault("needsOther", { setting: "json", needed: "list" });
  }
  const others = { "<name>": names.length > 0, from: from !== undefined, csr: csr !== undefined };
  for (const [setting, isGiven] of Object.entries(others)) {
    if (list && isGiven) {
      throw new Fault("exclusive", { settings: ["list", setting] });
    }
  }
  return list;
}

/** Parses a name; spaces around it do not count. */
function readPersonName(text: string, setting: string): string {
  const name = text.trim();
  if (!isCertificateName(name)) {
    throw new Fault("notPersonName", { setting, value: text, maxLength: MAX_NAME_LENGTH });
  }
  return name;
}

/** Returns the people that the command line names. */
async function findPeople(
  { from, csr, encryptKey }: FlagValues<typeof FLAGS>,
  names: readonly string[],
  signal: AbortSignal,
): Promise<readonly Person[]> {
  if (csr !== undefined && encryptKey) {
    throw new Fault("exclusive", { settings: ["csr", "encryptKey"], reason: "noKey" });
  }
  if (csr !== undefined && from !== undefined) {
    throw new Fault("exclusive", { settings: ["csr", "from"] });
  }
  if (from !== undefined && names.length > 0) {
    throw new Fault("exclusive", { settings: ["<name>", "from"] });
  }
  if (from !== undefined) {
    const { readPeople } = await import("../invitations/people.ts");
    await readPipesAhead([from], signal);
    return readPeople(from);
  }
  if (names.length === 0) {
    throw new Fault("argumentMissing", { name: "name", help: "the name of a person, or --from" });
  }
  if (csr !== undefined && names.length > 1) {
    throw new Fault("requestOfOne", { count: names.length });
  }
  return names.map((name) => ({ name, email: null }));
}

async function invite(
  people: readonly Person[],
  flags: FlagValues<typeof FLAGS>,
  { signal, openLog }: Context,
): Promise<readonly string[]> {
  const { dir, out, days, csr } = flags;
  const { readAuthority } = await import("../certificates/authority.ts");
  const { issueInvitations } = await import("../invitations/issue.ts");
  const { readServerSide } = await import("../invitations/server-side.ts");
  const { writeInvitations } = await import("../invitations/write.ts");
  const passwords = createPasswords(process.env, signal);
  let passwordOfAuthority: string | undefined;
  const authority = await readAuthority(dir, async (file) => {
    passwordOfAuthority = await passwords.ask(file);
    return passwordOfAuthority;
  });
  const { host, serverKey, authorities, isNamed } = readServerSide(dir, flags.host);
  const log = await openLog();
  if (!isNamed) {
    log.warn("the server's certificate does not name the host: clients will refuse it", { host });
  }
  await readPipesAhead([csr], signal);
  const publicKey = csr === undefined ? undefined : await readKeyOfRequest(csr);
  const password = flags.encryptKey ? await passwords.choose("of the new keys") : undefined;
  if (password !== undefined && password === passwordOfAuthority) {
    log.warn("the new keys have the password of the CA key, which participants must not know");
  }
  const progress = await createProgress(people.length);
  try {
    const issued = await issueInvitations(people, {
      authority,
      authorities,
      host,
      ports: flags.ports.join(","),
      serverKey,
      days,
      publicKey,
      password,
      signal,
      onProgress: progress.show,
    });
    if (outlives(authority, days)) {
      warnOfClamp(log, authority.certificate.toString("pem"));
    }
    return await writeInvitations(issued, { dir, out, replace: flags.force, signal });
  } finally {
    progress.end();
  }
}

async function readKeyOfRequest(path: string): Promise<Uint8Array> {
  const { readRequestedKey } = await import("../certificates/request.ts");
  return readRequestedKey({ purpose: "request", path });
}

/** Shows how far many invitations are: on a terminal a line that changes, elsewhere one line. */
async function createProgress(count: number) {
  const line = count > MANY ? await createStatusLine(process.env["TERM"]) : undefined;
  if (count > MANY && line === undefined) {
    printNote(`tlslp: making ${count} invitations\n`);
  }
  return {
    show: (done: number) => line?.show([`${done} of ${count} invitations`]),
    end: () => line?.end(),
  };
}
