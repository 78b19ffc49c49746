import { describe, expect, test } from "bun:test";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { parsePeople, readPeople } from "../../../src/invitations/people.ts";
import { faultOf, hintOf, summary } from "../../support/faults.ts";
import { makeFolder } from "../../support/processes.ts";

const FILE = { purpose: "people", path: "people.csv" } as const;
const people = (text: string) => parsePeople(text, FILE);
const refusal = (text: string) => summary(faultOf(() => people(text)));

describe("a list of people", () => {
  const expected = [
    { name: 'Zoë, the "first"', email: "zoe@example.org" },
    { name: "Bob", email: null },
  ];

  test.each([
    ["with commas", 'name,email\n"Zoë, the ""first""",zoe@example.org\nBob,\n'],
    [
      "with semicolons, as spreadsheets write it",
      'Name;Email\r\n"Zoë, the ""first""";zoe@example.org\r\nBob;\r\n',
    ],
    ["with tabs", 'name\temail\n"Zoë, the ""first"""\tzoe@example.org\nBob\t'],
    [
      "with a byte-order mark, quotes and other columns",
      '\ufeff"team","EMAIL"," name "\nred,zoe@example.org,"Zoë, the ""first"""\nblue,, Bob \n',
    ],
    [
      "with empty lines and emptied rows",
      '\n\nname,email\n\n"Zoë, the ""first""",zoe@example.org\n,\nBob,\n , \n\n',
    ],
  ])("%s", (_, text) => {
    expect(people(text)).toEqual(expected);
  });

  test("may have addresses of a network of its own", () => {
    expect(people("name,email\nBob,bob@mail\n")).toEqual([{ name: "Bob", email: "bob@mail" }]);
  });

  test("needs no addresses", () => {
    expect(people("name\nBob\nBob\n")).toEqual([
      { name: "Bob", email: null },
      { name: "Bob", email: null },
    ]);
  });
});

describe("a list that is wrong names the line", () => {
  test.each([
    ["", "line 1: the header has no column name"],
    ["Alice\nBob\n", "line 1: the header has no column name"],
    ["name\n", "line 1: no person follows the header"],
    ["name,name\na,b\n", "line 1: the column name is there twice"],
    [
      "name,email\nAlice,a@example.org\nBob,b@example.org,red\n",
      "line 3: it has 3 values, and the header has 2",
    ],
    ["name,email\nAlice,a@example.org\n\nBob\n", "line 4: it has 1 value, and the header has 2"],
    ['name\n"A\u0007"\n', "line 2: the name must be printable text of 1 to 64 characters"],
    [
      `name\nAlice\n${"x".repeat(65)}\n`,
      "line 3: the name must be printable text of 1 to 64 characters",
    ],
    [
      "name,email\n,a@example.org\n",
      "line 2: the name must be printable text of 1 to 64 characters",
    ],
    ...["<a@example.org>", "a..b@example.org", "a@", "a@\u202eexample.org"].map(
      (email) =>
        [
          `name,email\nAlice,${email}\n`,
          "line 2: the email must be an address such as zoe@example.org, or empty",
        ] as const,
    ),
    [
      "name,email\nAlice,example.org\n",
      "line 2: the email must be an address such as zoe@example.org, or empty",
    ],
    ['name\nAlice\n"Bob\n', "line 3: a double quote is opened and never closed"],
    [
      'name\nAl"ice\n',
      "line 2: a double quote is within a value; put the value in quotes, and double it",
    ],
    ['name\n"Al"ice\n', "line 2: text follows the double quote that closes a value"],
  ])("%j", (text, problem) => {
    expect(refusal(text)).toBe(`usage: the list of people people.csv, ${problem}`);
  });

  test("or how to save it", () => {
    using folder = makeFolder();
    const path = join(folder.path, "people.csv");
    writeFileSync(path, Buffer.from("name\nZo\xeb\n", "latin1"));
    const fault = faultOf(() => readPeople(path));
    expect(summary(fault)).toBe(`usage: the list of people ${path} is not text in UTF-8`);
    expect(hintOf(fault)).toBe('save it as "CSV UTF-8"');
  });
});
