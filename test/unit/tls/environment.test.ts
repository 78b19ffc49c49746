/**
 * No variable decides which peers are trusted. The runtime obeys each of these variables where a
 * TLS option is left out.
 */
import { afterAll, expect, setDefaultTimeout, test } from "bun:test";
import { join } from "node:path";
import type { ConnectOptions } from "../../../src/tls/connect.ts";
import type { ListenOptions } from "../../../src/tls/listen.ts";
import { makeAuthority, makeCredentials } from "../../support/certificates.ts";
import { type Program, start } from "../../support/processes.ts";
import { dial, startListener, writeAuthority } from "./ends.ts";

setDefaultTimeout(120_000);

/** The options of `environment-peer.ts`. */
export type EnvironmentPeer =
  | {
      readonly role: "server";
      readonly listen: Pick<ListenOptions, "identity" | "trust">;
      /** Whether the server is reloaded with these settings, after a start without verification. */
      readonly isRenewed: boolean;
    }
  | { readonly role: "client"; readonly connect: Omit<ConnectOptions, "pins" | "timeout"> };

const credentials = await makeCredentials();
const stranger = await makeAuthority({ name: "stranger" });
const strangeClient = await stranger.issue({ purpose: "client" });
const strangeServer = await stranger.issue({ purpose: "server" });
const files = writeAuthority({ authority: stranger });
afterAll(() => files[Symbol.dispose]());

const trust = { authorities: credentials.authority.cert };
const UNKNOWN = "the peer's certificate was not signed by an authority that we trust";

const ENVIRONMENTS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  NODE_TLS_REJECT_UNAUTHORIZED: { NODE_TLS_REJECT_UNAUTHORIZED: "0" },
  NODE_EXTRA_CA_CERTS: { NODE_EXTRA_CA_CERTS: files.ca },
  SSL_CERT_FILE: { SSL_CERT_FILE: files.ca, NODE_USE_SYSTEM_CA: "1" },
};

const SERVERS = [
  ["the server", false],
  ["a server with reloaded certificates", true],
] as const;

for (const [name, env] of Object.entries(ENVIRONMENTS)) {
  for (const [what, isRenewed] of SERVERS) {
    test(`${name} does not make ${what} trust a stranger`, async () => {
      const { server: identity } = credentials;
      await using peer = startPeer({ role: "server", listen: { identity, trust }, isRenewed }, env);
      const [, port] = await peer.stdout.next(/^port (\d+)$/);

      const near = await dial(credentials, Number(port), { identity: strangeClient });

      const [line] = await peer.stdout.next(/^(accepted|refused)/);
      expect(`${line}`).toBe("refused");
      expect(peer.stdout.text).toEndWith(`refused: ${UNKNOWN}\n`);
      near.channel.close();
      await near.closed;
    });
  }

  test(`${name} does not make the client trust a stranger`, async () => {
    using listener = startListener(credentials, { identity: strangeServer, trust: "anybody" });
    const target = { address: "127.0.0.1", port: listener.port, serverName: "localhost" };
    const connect = { ...target, identity: credentials.client, trust };

    await using peer = startPeer({ role: "client", connect }, env);

    expect((await peer.ended()).stdout).toBe(`refused: 127.0.0.1:${listener.port}: ${UNKNOWN}\n`);
  });
}

function startPeer(options: EnvironmentPeer, env: Readonly<Record<string, string>>): Program {
  const peer = start([process.execPath, join(import.meta.dir, "environment-peer.ts")], { env });
  peer.write(JSON.stringify(options));
  peer.closeInput();
  return peer;
}
