/**
 * Sessions of both programs with independent peers in Python.
 */
import { afterAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import {
  MODES,
  type Mode,
  makeCredentialsFolder,
  readReport,
  runClient,
  runPythonClient,
  startPythonServer,
  startServer,
} from "../support/peers.ts";

setDefaultTimeout(120_000);

const credentials = await makeCredentialsFolder();
const servers = {
  mutual: await startServer(credentials, "mutual", ["--bits", "12", "--other-timeout", "20"]),
  insecure: await startServer(credentials, "insecure", ["--bits", "12", "--other-timeout", "20"]),
};
afterAll(async () => {
  await Promise.all(Object.values(servers).map((server) => server[Symbol.asyncDispose]()));
  credentials[Symbol.dispose]();
});

const REQUESTS = [
  ...["FULL_NAME", "EMAIL1", "EMAIL2", "SOCIAL", "BIRTHDATE", "COUNTRY"],
  ...["ADDR_LINE1", "ADDR_LINE2"],
];

interface Variant {
  readonly mode: Mode;
  readonly tls: string;
  readonly flags: readonly string[];
  readonly name: string;
}

const VARIANTS: readonly Variant[] = MODES.flatMap((mode) =>
  ["1.2", "1.3"].flatMap((tls) =>
    [[], ["--dribble"]].map((flags) => ({
      mode,
      tls,
      flags,
      name: [mode, `TLS ${tls}`, ...flags].join(" "),
    })),
  ),
);

describe("a good session", () => {
  for (const { mode, tls, flags, name } of VARIANTS) {
    test.concurrent(`of a Python client with our server succeeds: ${name}`, async () => {
      const { port } = servers[mode];

      const report = await runPythonClient(credentials, mode, port, ["--tls", tls, ...flags]);

      expect(report).toMatchObject({ outcome: "ok", code: 0, tls: `TLSv${tls}` });
      expect(report.received.map((line) => line.split(" ")[0])).toEqual([
        ...["HELLO", "WORK"],
        ...REQUESTS,
        "DONE",
      ]);
    });

    test.concurrent(`of our client with a Python server succeeds: ${name}`, async () => {
      await using server = await startPythonServer(credentials, mode, ["--tls", tls, ...flags]);

      const { code, stdout, stderr } = await runClient(credentials, mode, server.port);

      expect(stderr).not.toContain("error");
      expect(stdout).toBe("OK 8 answered\n");
      expect(code).toBe(0);
      const report = readReport(await server.program.ended());
      expect(report).toMatchObject({ outcome: "ok", tls: `TLSv${tls}` });
    });
  }

  test.concurrent("of our client with our server succeeds", async () => {
    const { code, stdout } = await runClient(credentials, "mutual", servers.mutual.port);

    expect(stdout).toBe("OK 8 answered\n");
    expect(code).toBe(0);
  });

  test.concurrent("may have requests in any order, and repeated", async () => {
    const requests = ["COUNTRY", "COUNTRY", "FULL_NAME", "COUNTRY"];
    await using server = await startPythonServer(credentials, "mutual", [
      ...["--requests", requests.join(",")],
    ]);

    const { stdout } = await runClient(credentials, "mutual", server.port);

    expect(stdout).toBe("OK 4 answered\n");
  });

  test.concurrent("may have no requests at all", async () => {
    await using server = await startPythonServer(credentials, "mutual", ["--requests", ""]);

    const { stdout } = await runClient(credentials, "mutual", server.port);

    expect(stdout).toBe("OK 0 answered\n");
  });

  test.concurrent("may have a puzzle of no bits, and a suffix of other characters", async () => {
    await using server = await startServer(credentials, "mutual", ["--bits", "0"]);

    const flags = ["--suffix-start", "ünïcödé!"];
    const report = await runPythonClient(credentials, "mutual", server.port, flags);

    expect(report.outcome).toBe("ok");
    expect(report.sent[1]).toStartWith("ünïcödé!");
  });
});

describe("a Python server that says FAIL", () => {
  for (const moment of ["hello", "work", "request", "done"]) {
    test.concurrent(`instead of its ${moment} line ends our client with its reason`, async () => {
      const flags = ["--fail-at", moment, "--fail-reason", "the office is closed"];
      await using server = await startPythonServer(credentials, "mutual", flags);

      const { code, stdout, stderr } = await runClient(credentials, "mutual", server.port);

      expect(stderr).toMatch(/^tlslp: error: .*the office is closed$/m);
      expect(stdout).toBe("");
      expect(code).toBe(6);
    });
  }

  test.concurrent("in the middle of our client's search ends it with its reason", async () => {
    const flags = ["--fail-at", "during-work", "--bits", "64", "--fail-reason", "never mind"];
    await using server = await startPythonServer(credentials, "mutual", flags);

    const { code, stdout, stderr } = await runClient(credentials, "mutual", server.port);

    expect(stderr).toMatch(/^tlslp: error: .*never mind$/m);
    expect(stdout).toBe("");
    expect(code).toBe(6);
  });

  test.concurrent("without a reason ends our client all the same", async () => {
    const flags = ["--fail-at", "request", "--fail-reason", ""];
    await using server = await startPythonServer(credentials, "mutual", flags);

    const { code, stderr } = await runClient(credentials, "mutual", server.port);

    expect(stderr).toMatch(/^tlslp: error: .*refused/m);
    expect(code).toBe(6);
  });
});

describe("a Python server that breaks the protocol ends our client with exit 4", () => {
  const VIOLATIONS = {
    "a puzzle of 65 bits": ["--bits", "65"],
    "a puzzle of a negative number of bits": ["--bits=-1"],
    "a request that does not exist": ["--requests", "FULL_NAME,SHOE_SIZE"],
    "a request in lower case": ["--requests", "full_name"],
    "an arg of other characters": ["--arg", "a.b"],
    "an arg of 129 characters": ["--arg", "a".repeat(129)],
    "a token of 129 characters": ["--token", "t".repeat(129)],
    "a token of other characters": ["--token", "t=t"],
    "a token of two words": ["--token", "two words"],
  };

  for (const [what, flags] of Object.entries(VIOLATIONS)) {
    test.concurrent(`when it sends ${what}`, async () => {
      await using server = await startPythonServer(credentials, "mutual", flags);

      const { code, stdout, stderr } = await runClient(credentials, "mutual", server.port);

      expect(stderr).toMatch(/^tlslp: error: \S/m);
      expect(stdout).toBe("");
      expect(code).toBe(4);
    });
  }

  test.concurrent("when it asks for more bits than our client allows", async () => {
    await using server = await startPythonServer(credentials, "mutual", ["--bits", "13"]);

    const { code, stderr } = await runClient(credentials, "mutual", server.port, [
      "--max-bits",
      "12",
    ]);

    expect(stderr).toMatch(/^tlslp: error: .*13 bits/m);
    expect(code).toBe(4);
  });
});

describe("a time limit", () => {
  test.concurrent("of a step ends our client with exit 5", async () => {
    // The peer waits for a minute before each line.
    await using server = await startPythonServer(credentials, "mutual", ["--settle", "60"]);

    const flags = ["--other-timeout", "0.7"];
    const { code, stdout, stderr } = await runClient(credentials, "mutual", server.port, flags);

    expect(stderr).toMatch(/^tlslp: error: .*0\.7 s/m);
    expect(stdout).toBe("");
    expect(code).toBe(5);
  });

  test.concurrent("of the search ends our client with exit 5", async () => {
    await using server = await startPythonServer(credentials, "mutual", ["--bits", "64"]);

    const flags = ["--work-timeout", "0.7"];
    const { code, stdout, stderr } = await runClient(credentials, "mutual", server.port, flags);

    expect(stderr).toMatch(/^tlslp: error: .*0\.7 s/m);
    expect(stdout).toBe("");
    expect(code).toBe(5);
  });

  test.concurrent("of the search makes our server refuse a Python client", async () => {
    const flags = ["--bits", "64", "--work-timeout", "0.7"];
    await using server = await startServer(credentials, "mutual", flags);

    const report = await runPythonClient(credentials, "mutual", server.port);

    expect(report.outcome).toBe("refused");
    expect(report.detail).toContain("0.7 s");
  });
});
