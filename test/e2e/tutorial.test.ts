/**
 * The tutorial: its transcripts in the documentation are the output of a real run, and it ends as
 * its only session ends.
 */
import { afterAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import {
  clientArgs,
  makeCredentialsFolder,
  runClient,
  runPythonClient,
  startPythonServer,
  startServer,
} from "../support/peers.ts";
import { makeFolder, REPOSITORY, runTlslp, startTlslp } from "../support/processes.ts";

setDefaultTimeout(120_000);

const credentials = await makeCredentialsFolder();
afterAll(() => credentials[Symbol.dispose]());

describe("the transcripts of the documentation", () => {
  test("are the output of both sides, except for times, ports and the cipher", async () => {
    using folder = makeFolder();
    const cwd = folder.path;
    await runTlslp(["certs"], { cwd });
    const server = readTranscript("server");
    const client = readTranscript("client");

    await using serving = startTlslp([...server.args, "--host", "127.0.0.1", "--port", "0"], {
      cwd,
    });
    const [, port = ""] = await serving.stdout.next(/^listening on .*:(\d+)$/);
    const args = [...client.args, "--host", "127.0.0.1", "--ports", port];
    const { stdout, stderr, code } = await runTlslp(args, { cwd });
    const served = await serving.ended();

    expect([code, served.code]).toEqual([0, 0]);
    expect(settle(stderr + stdout)).toBe(settle(client.output));
    expect(settle(served.stdout + served.stderr)).toBe(settle(server.output));
  });
});

describe("the tutorial server", () => {
  const TUTORIAL = ["--tutorial", "--bits", "4"];

  test("serves one session of any client, and ends", async () => {
    await using server = await startServer(credentials, "mutual", TUTORIAL);

    const report = await runPythonClient(credentials, "mutual", server.port);

    expect(report.outcome).toBe("ok");
    expect(report.received[1]).toMatch(/^WORK gkcj\w{56}gIIq 4$/);
    expect(report.received.slice(2, 4)).toEqual(["FULL_NAME LGTk", "EMAIL1 LGTk"]);
    const { code, stdout } = await server.program.ended();
    expect(code).toBe(0);
    expect(stdout).toBe(`listening on 127.0.0.1:${server.port}\n`);
  });

  test("ends as its session ends", async () => {
    await using server = await startServer(credentials, "mutual", TUTORIAL);

    await runPythonClient(credentials, "mutual", server.port, ["--break", "wrong-checksum"]);

    const { code, stderr } = await server.program.ended();
    expect(code).toBe(4);
    expect(stderr).toMatch(/\nThe session ends early\.\ntlslp: error: .*checksum.*\n$/);
  });

  test("goes on waiting when a connection is rejected, and says so", async () => {
    await using server = await startServer(credentials, "mutual", TUTORIAL);

    await runClient(credentials, "insecure", server.port);
    await server.program.stderr.next(/^A connection from .* is rejected: .*certificate/);

    expect((await runPythonClient(credentials, "mutual", server.port)).outcome).toBe("ok");
    expect((await server.program.ended()).code).toBe(0);
  });

  test("ends on a signal like any other server", async () => {
    await using server = await startServer(credentials, "mutual", TUTORIAL);
    server.program.kill("SIGTERM");
    expect((await server.program.ended()).code).toBe(0);
  });
});

describe("the tutorial client", () => {
  test("shows no whole token of a server that is no tutorial", async () => {
    const token = "ThisTokenIsNobodysBusiness";
    await using server = await startPythonServer(credentials, "mutual", [
      "--bits",
      "4",
      "--token",
      token,
    ]);

    const args = clientArgs(credentials, "mutual", server.port, ["--tutorial"]);
    const { code, stdout, stderr } = await runTlslp(args);

    expect([code, stdout]).toEqual([0, "OK 8 answered\n"]);
    expect(stderr).toContain("S: WORK This… 4\n");
    expect(stderr).not.toContain(token);
  });
});

/** Returns a command line and its output, from the documentation. */
function readTranscript(side: "server" | "client") {
  const path = join(REPOSITORY, "docs/tutorial", `${side}.txt`);
  const [, args = "", output = ""] =
    /^\$ tlslp ([^\n]*)\n(.*)$/s.exec(readFileSync(path, "utf8")) ?? [];
  return { args: args.replace(/ --ports \d+/, "").split(" "), output };
}

/** Returns the text with fixed values in place of those that vary. */
function settle(text: string): string {
  return text
    .replace(/^\S+Z warn/gm, "<time> warn")
    .replace(/(localhost|127\.0\.0\.1):\d+/g, "<host>:<port>")
    .replace(/ port \d+/g, " port <port>")
    .replace(/after \d+\.\d{3} s/g, "after <seconds> s")
    .replace(/TLS_\w+/g, "<cipher>");
}
