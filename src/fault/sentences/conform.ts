/**
 * Failures of `tlslp conform`.
 */
import { define } from "../define.ts";

export const CONFORM_SENTENCES = {
  /** Neither program to test was named. */
  noProgram: define("usage", (_, { setting }) => {
    const [server, client] = ["server", "client"].map(setting);
    return `${server} HOST:PORT or ${client} is missing: one program is to be tested`;
  }),
  noRule: define<{ setting: string; value: string; nearest: string | undefined }>(
    "usage",
    ({ setting: key, value }, { setting }) => `${setting(key)}: there is no rule ${value}`,
  ),
  /** The client under test did not connect even once. `reason` is printable. */
  noClient: define<{ reason: string }>("transport", ({ reason }) => reason),
  rulesBroken: define<{ count: number; total: number }>(
    "protocol",
    ({ count, total }) => `${count} of ${total} rules ${count === 1 ? "is" : "are"} broken`,
  ),
  rulesUnknown: define<{ count: number; total: number }>(
    "transport",
    ({ count, total }) => `${count} of ${total} rules could not be tried`,
  ),
};
