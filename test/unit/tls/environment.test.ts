/**
 * Nothing in the environment decides whom we believe. The runtime would obey each of these
 * variables where a TLS option is left out.
 */
import { afterAll, expect, setDefaultTimeout, test } from "bun:test";
import { join } from "node:path";
import type { ConnectOptions } from "../../../src/tls/connect.ts";
import type { ListenOptions } from "../../../src/tls/listen.ts";
import { makeAuthority, makeCredentials } from "../../support/certificates.ts";
import { type Program, start } from "../../support/processes.ts";
import { dial, hear, writeAuthority } from "./ends.ts";

setDefaultTimeout(60_000);

/** What `environment-peer.ts` is told. */
export type EnvironmentPeer =
  | {
      readonly role: "server";
      readonly listen: Pick<ListenOptions, "identity" | "trust">;
      /** Whether it has these settings only since they were renewed, and believed anybody before. */
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
  ["a server with renewed certificates", true],
] as const;

for (const [name, env] of Object.entries(ENVIRONMENTS)) {
  for (const [what, isRenewed] of SERVERS) {
    test(`${name} makes ${what} believe no stranger`, async () => {
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

  test(`${name} makes the client believe no stranger`, async () => {
    using ear = hear(credentials, { identity: strangeServer, trust: "anybody" });
    const target = { address: "127.0.0.1", port: ear.port, serverName: "localhost" };
    const connect = { ...target, identity: credentials.client, trust };

    await using peer = startPeer({ role: "client", connect }, env);

    expect((await peer.ended()).stdout).toBe(`refused: 127.0.0.1:${ear.port}: ${UNKNOWN}\n`);
  });
}

function startPeer(options: EnvironmentPeer, env: Readonly<Record<string, string>>): Program {
  const peer = start([process.execPath, join(import.meta.dir, "environment-peer.ts")], { env });
  peer.write(JSON.stringify(options));
  peer.closeInput();
  return peer;
}
