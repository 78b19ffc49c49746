/**
 * A server notifies its supervisor of its state, as sd_notify(3) describes.
 */
import { expect, setDefaultTimeout, test } from "bun:test";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { connectSupervisor } from "../../src/runtime/sd-notify.ts";
import { makeCredentials, writeCredential } from "../support/certificates.ts";
import { makeCredentialsFolder, serverArgs, startPythonClient } from "../support/peers.ts";
import { makeFolder, type Program, start, startTlslp, tlslp } from "../support/processes.ts";

setDefaultTimeout(120_000);

/** A Python program that prints each datagram that comes to a socket, and its time of arrival. */
const SUPERVISOR = `
import socket, sys, time
name = sys.argv[1]
listener = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
listener.bind("\\0" + name[1:] if name.startswith("@") else name)
print("bound", flush=True)
while True:
    message = listener.recv(1000).decode()
    print(message.replace("\\n", " "), "at", time.monotonic_ns() // 1000, flush=True)
`;

async function startSupervisor(name: string): Promise<Program> {
  const supervisor = start(["python3", "-c", SUPERVISOR, name], { env: { HOME: undefined } });
  await supervisor.stdout.next(/^bound$/);
  return supervisor;
}

for (const kind of ["a path", "an abstract name"]) {
  test.concurrent(`a supervisor that has ${kind} is notified of start, reload and stop`, async () => {
    using credentials = await makeCredentialsFolder();
    using folder = makeFolder();
    const name = kind === "a path" ? join(folder.path, "notify") : `@tlslp-test-${folder.path}`;
    await using supervisor = await startSupervisor(name);
    const env = { NOTIFY_SOCKET: name };
    await using server = startTlslp(serverArgs(credentials, "mutual", []), { env });

    await supervisor.stdout.next(/^READY=1 at/);
    // It was printed before, but another pipe may be read first.
    await server.stdout.next(/^listening on /);

    server.kill("SIGHUP");
    const [, said, heard] = await supervisor.stdout.next(
      /^RELOADING=1 MONOTONIC_USEC=(\d+) at (\d+)$/,
    );
    expect(Number(said)).toBeLessThanOrEqual(Number(heard));
    expect(Number(heard) - Number(said)).toBeLessThan(20e6);
    await supervisor.stdout.next(/^READY=1 at/);

    server.kill("SIGTERM");
    await supervisor.stdout.next(/^STOPPING=1 at/);
    expect((await server.ended()).code).toBe(0);
  });
}

test.concurrent("the last notification is the stop, also in the middle of a reload", async () => {
  const { authority, server: served, client: visiting } = await makeCredentials();
  using folder = makeFolder();
  const name = join(folder.path, "notify");
  const crl = join(folder.path, "crl.pem");
  const credentials = {
    ca: writeCredential(folder.path, "ca", authority),
    server: writeCredential(folder.path, "server", served),
    client: writeCredential(folder.path, "client", visiting),
  };
  // Many lists make a reload take long, and a client that searches delays the end.
  writeFileSync(crl, (await authority.revoke([])).repeat(200));
  const flags = ["--crl", crl, "--bits", "64", "--grace", "1"];
  await using supervisor = await startSupervisor(name);
  const env = { NOTIFY_SOCKET: name };
  await using server = startTlslp(serverArgs(credentials, "mutual", flags), { env });
  const [, port] = await server.stdout.next(/^listening on .*:(\d+)$/);
  await using client = startPythonClient(credentials, "mutual", Number(port));
  await client.stdout.next(/"received".*WORK /);

  server.kill("SIGHUP");
  await supervisor.stdout.next(/^RELOADING=1 /);
  server.kill("SIGTERM");
  expect((await server.ended()).code).toBe(0);

  const notify = connectSupervisor(name);
  await notify("reloading"); // It arrives after everything that the server sent.
  await supervisor.stdout.next(/^RELOADING=1 /);
  expect(supervisor.stdout.text.match(/^[A-Z]+=1/gm)?.at(-2)).toBe("STOPPING=1");
});

for (const name of ["notify", "/nowhere/to/be/found", `/${"x".repeat(200)}`, "vsock:2:1"]) {
  test.concurrent(`a supervisor that does not exist does not stop the server: ${name.slice(0, 30)}`, async () => {
    using credentials = await makeCredentialsFolder();
    const env = { NOTIFY_SOCKET: name };
    await using server = startTlslp(serverArgs(credentials, "mutual", []), { env });

    await server.stdout.next(/^listening on /);
    await server.stderr.next(/warn.* cannot notify the supervisor \(NOTIFY_SOCKET\): /);

    server.kill("SIGTERM");
    expect((await server.ended()).code).toBe(0);
  });
}

test.concurrent("a supervisor that cannot be notified for want of memory does not stop the server", async () => {
  using credentials = await makeCredentialsFolder();
  // With this little memory there is none for the code that native calls need.
  const limited = ["bash", "-c", 'ulimit -v 1000000; exec "$@"', "bash", tlslp()];
  const env = { NOTIFY_SOCKET: "@tlslp-test-nobody" };
  await using server = start([...limited, ...serverArgs(credentials, "mutual", [])], { env });

  await server.stdout.next(/^listening on /);
  await server.stderr.next(
    /warn.* cannot notify the supervisor \(NOTIFY_SOCKET\): native code cannot be called/,
  );

  server.kill("SIGTERM");
  expect((await server.ended()).code).toBe(0);
});
