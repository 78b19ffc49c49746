/**
 * The exports of the package: there are few, and the manual explains each of them.
 */
import { describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { REPOSITORY } from "../support/processes.ts";

const SOURCES = join(REPOSITORY, "src");
const MANUAL = readFileSync(join(REPOSITORY, "docs/library.md"), "utf8");

const FUNCTIONS = [
  "solve",
  "verify",
  "digestOf",
  "makeCredentials",
  "writeCredentials",
  "readIdentity",
  "readAuthorities",
  "readTlsConfig",
  "createServer",
  "runClient",
  "parseServerMessage",
  "formatServerMessage",
  "parseInformation",
  "formatInformation",
  "parseSuffix",
  "Fault",
];

/** Interfaces of options, each with the file that writes it out. */
const OPTIONS = {
  SolveOptions: "search/solve.ts",
  CreateServerOptions: "server/create-server.ts",
  RunClientOptions: "client/run-client.ts",
  MonitorOptions: "metrics/monitor.ts",
};

test("the package exports these functions, and no others", async () => {
  const face = await import("../../src/index.ts");
  expect(Object.keys(face).sort()).toEqual(FUNCTIONS.toSorted());
});

test("the package exports about thirty names, types included", () => {
  const lists = readSource("index.ts").matchAll(/^export (?:type )?\{([^}]*)\}/gm);
  const names = [...lists].flatMap(([, list = ""]) =>
    list.split(",").filter((name) => /\w/.test(name)),
  );
  expect(names.length).toBeLessThanOrEqual(32);
});

for (const name of FUNCTIONS) {
  test(`the manual explains ${name}`, () => {
    expect(MANUAL).toContain(`\`${name}`);
  });
}

for (const [name, file] of Object.entries(OPTIONS)) {
  describe(name, () => {
    const members = membersOf(name, readSource(file));

    test("is flat, and written out in one place", () => {
      expect(members).not.toBeEmpty();
      expect(readSource(file)).toContain(`export interface ${name} {\n`);
    });

    for (const { option, isDocumented } of members) {
      test(`documents ${option}, and so does the manual`, () => {
        expect(isDocumented).toBe(true);
        expect(MANUAL).toMatch(new RegExp(`^\\|.*\`${option}\`.*\\|.*\\|$`, "m"));
      });
    }
  });
}

/** Returns the members of an interface, and whether each has a doc comment. */
function membersOf(name: string, source: string) {
  const [, body = ""] =
    new RegExp(`^export interface ${name} \\{\n(.*?)^\\}`, "ms").exec(source) ?? [];
  return [...body.matchAll(/^(.*)\n {2}readonly (\w+)\??:/gm)].map(
    ([, before = "", option = ""]) => ({ option, isDocumented: before.endsWith("*/") }),
  );
}

function readSource(file: string): string {
  return readFileSync(join(SOURCES, file), "utf8");
}
