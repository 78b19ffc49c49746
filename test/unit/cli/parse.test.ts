import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import {
  type FlagSet,
  listFlag,
  readWhole,
  switchFlag,
  textFlag,
  wholeFlag,
} from "../../../src/cli/flag.ts";
import { hintFor } from "../../../src/cli/hints.ts";
import {
  asksForHelp,
  collect,
  type Environment,
  isSwitchedOn,
  type Positionals,
  readValues,
  type Sources,
} from "../../../src/cli/parse.ts";
import { createVoice } from "../../../src/cli/voice.ts";
import { type Fault, sentenceOf } from "../../../src/fault/fault.ts";
import { faultOf, throwsOnly } from "../../support/faults.ts";

const FLAGS = {
  bits: wholeFlag({
    name: "bits",
    aliases: ["n-bits", "n_bits"],
    placeholder: "N",
    fallback: 28,
    least: 0,
    most: 64,
    help: "",
  }),
  dir: textFlag({ name: "dir", placeholder: "FOLDER", fallback: undefined, help: "" }),
  workTimeout: wholeFlag({
    name: "work-timeout",
    placeholder: "SECONDS",
    fallback: 1800,
    least: 1,
    most: 9999,
    help: "",
  }),
  json: switchFlag({ name: "json", help: "" }),
  noColor: switchFlag({ name: "no-color", help: "" }),
  pins: listFlag({ name: "pin", placeholder: "PIN", help: "" }, (text) => text),
};
const TWO = [
  { name: "token", help: "a word", read: String },
  { name: "suffix", help: "another word", read: String },
];

function parse<F extends FlagSet, const P extends Positionals>(
  args: readonly string[],
  flags: F,
  positionals: P,
  environment: Environment,
) {
  return readValues(collect(args, flags, environment), flags, positionals);
}

/** Returns family and sentence of a fault, with settings named as the command line names them. */
function summary(fault: Fault, sources?: Sources): string {
  return `${fault.family}: ${sentenceOf(fault, createVoice(FLAGS, sources))}`;
}

function hintOf(fault: Fault): string | undefined {
  return hintFor(fault, createVoice(FLAGS));
}

/** Returns family and sentence of the fault for an environment. */
function refusalOf(environment: Environment): string {
  const given = collect([], FLAGS, environment);
  return summary(
    faultOf(() => readValues(given, FLAGS, [])),
    given.sources,
  );
}

function flagsOf(args: readonly string[], environment: Environment = {}) {
  return parse(args, FLAGS, [], environment).flags;
}

function refusal(args: readonly string[], environment: Environment = {}) {
  return faultOf(() => parse(args, FLAGS, [], environment));
}

describe("flags", () => {
  test("that are not given have their fallbacks", () => {
    expect(flagsOf([])).toEqual({
      bits: 28,
      dir: undefined,
      workTimeout: 1800,
      json: false,
      noColor: false,
      pins: [],
    });
  });

  test("take the next argument, or the text after the equals sign", () => {
    expect(flagsOf(["--bits", "9"]).bits).toBe(9);
    expect(flagsOf(["--bits=9"]).bits).toBe(9);
  });

  test("take all text after the first equals sign", () => {
    expect(flagsOf(["--dir=a=b"]).dir).toBe("a=b");
    expect(flagsOf(["--dir==b"]).dir).toBe("=b");
  });

  test("may have values that begin with one dash", () => {
    expect(flagsOf(["--dir", "-x"]).dir).toBe("-x");
    expect(flagsOf(["--dir", "-"]).dir).toBe("-");
  });

  test("may have values that begin with two dashes after an equals sign", () => {
    expect(flagsOf(["--dir=--json"])).toMatchObject({ dir: "--json", json: false });
  });

  test("are known by their other names too", () => {
    expect(flagsOf(["--n-bits", "7"]).bits).toBe(7);
    expect(flagsOf(["--n_bits=7"]).bits).toBe(7);
  });

  test("that are switches are on when given", () => {
    expect(flagsOf(["--json"]).json).toBe(true);
  });

  test("whose names begin with no- are no negations", () => {
    expect(flagsOf(["--no-color"]).noColor).toBe(true);
    expect(summary(refusal(["--no-json"]))).toBe('usage: unknown flag "--no-json"');
  });

  test("may be repeated where that was declared, and keep their order", () => {
    expect(flagsOf(["--pin", "b", "--json", "--pin=a", "--pin", "b"]).pins).toEqual([
      "b",
      "a",
      "b",
    ]);
  });

  test("with the name of a property of every object are unknown", () => {
    for (const name of ["__proto__", "constructor", "hasOwnProperty", "toString"]) {
      expect(summary(refusal([`--${name}`, "1"]))).toBe(`usage: unknown flag "--${name}"`);
      expect(summary(refusal([`--${name}=1`]))).toBe(`usage: unknown flag "--${name}"`);
    }
  });
});

describe("a mistake", () => {
  const mistakes = {
    "an unknown flag": [["--nonsense"], 'unknown flag "--nonsense"'],
    "an unknown flag with a value": [["--nonsense=1"], 'unknown flag "--nonsense"'],
    "a flag in upper case": [["--BITS", "1"], 'unknown flag "--BITS"'],
    "a shortened flag": [["--bit", "1"], 'unknown flag "--bit"'],
    "a flag with one dash": [["-bits", "1"], 'unknown flag "-bits"'],
    "a flag with one dash and its value": [["-bits=1"], 'unknown flag "-bits"'],
    "a flag without a name": [["--=1"], "unknown flag"],
    "a missing value at the end": [["--bits"], "--bits needs a value: --bits N"],
    "a flag in the place of a value": [["--bits", "--json"], "--bits needs a value: --bits N"],
    "the end of flags for a value": [["--bits", "--", "1"], "--bits needs a value: --bits N"],
    "a missing value of an alias": [["--n_bits"], "--n_bits needs a value: --n_bits N"],
    "an empty value": [["--bits="], '--bits: "" is not a whole number'],
    "an empty text": [["--dir", ""], '--dir: "" is empty'],
    "a value for a switch": [["--json=true"], "--json is a switch and takes no value"],
    "an empty value for a switch": [["--json="], "--json is a switch and takes no value"],
    "a flag twice": [["--bits", "1", "--bits", "1"], "--bits is given twice"],
    "a flag and its alias": [["--n-bits=1", "--bits=1"], "--bits is given twice"],
    "a switch twice": [["--json", "--json"], "--json is given twice"],
    "a value out of range": [["--bits", "65"], '--bits: "65" is not a whole number from 0 to 64'],
    "a negative value": [["--bits", "-1"], '--bits: "-1" is not a whole number from 0 to 64'],
    "a stray positional": [["--json", "stray"], 'unexpected argument "stray"'],
    "a stray empty positional": [[""], 'unexpected argument ""'],
    "a stray positional after --": [["--", "--json"], 'unexpected argument "--json"'],
    "a control character": [["--\u001b[2J"], 'unknown flag "--\\u{1b}[2J"'],
  } as const;
  for (const [name, [args, message]] of Object.entries(mistakes)) {
    test(`is ${name}`, () => {
      expect(summary(refusal(args))).toStartWith(`usage: ${message}`);
    });
  }

  test("in a flag's name leads to the nearest name", () => {
    expect(hintOf(refusal(["--work-timout=1"]))).toBe("did you mean --work-timeout?");
    expect(hintOf(refusal(["--nn-bits", "1"]))).toBe("did you mean --n-bits?");
  });

  test("that is near no name leads to the help", () => {
    expect(hintOf(refusal(["--frobnicate"]))).toBe("see --help for the flags");
  });

  test("with one dash leads to the name with two dashes, or to --", () => {
    expect(hintOf(refusal(["-bits", "1"]))).toBe("did you mean --bits?");
    expect(hintOf(refusal(["-bit=1"]))).toBe("did you mean --bits?");
    expect(hintOf(refusal(["-x"]))).toBe("put -- before a value that starts with a dash");
  });
});

describe("positionals", () => {
  const wordsOf = (args: readonly string[]) => parse(args, FLAGS, TWO, {}).positionals;

  test("may come before, between and after the flags", () => {
    expect(wordsOf(["a", "b", "--json"])).toEqual(["a", "b"]);
    expect(wordsOf(["a", "--bits", "1", "b"])).toEqual(["a", "b"]);
    expect(wordsOf(["--bits=1", "--json", "a", "b"])).toEqual(["a", "b"]);
  });

  test("are never the value of a switch", () => {
    expect(wordsOf(["--json", "a", "b"])).toEqual(["a", "b"]);
  });

  test("may begin with dashes after --", () => {
    expect(wordsOf(["--json", "--", "-a", "--json"])).toEqual(["-a", "--json"]);
    expect(wordsOf(["a", "--", "b"])).toEqual(["a", "b"]);
  });

  test("may include a second --", () => {
    expect(wordsOf(["--", "--", "b"])).toEqual(["--", "b"]);
  });

  test("may be a single dash, or empty", () => {
    expect(wordsOf(["-", ""])).toEqual(["-", ""]);
  });

  test("that are missing are named and explained", () => {
    const missing = (args: readonly string[]) => summary(faultOf(() => wordsOf(args)));
    expect(missing([])).toBe("usage: <token> is missing: a word");
    expect(missing(["a", "--json"])).toBe("usage: <suffix> is missing: another word");
  });

  test("that are too many are refused", () => {
    expect(summary(faultOf(() => wordsOf(["a", "b", "c"])))).toBe('usage: unexpected argument "c"');
  });

  test("may be repeated where the last one was declared so, and make a list", () => {
    const word = { name: "token", help: "a word", read: String };
    const several = [word, { ...word, name: "more", repeatable: true }] as const;
    const listOf = (args: readonly string[]) => parse(args, FLAGS, several, {}).positionals;
    expect(listOf(["a", "b"])).toEqual(["a", ["b"]]);
    expect(listOf(["a", "b", "--json", "c", "--", "-d"])).toEqual(["a", ["b", "c", "-d"]]);
    expect(summary(faultOf(() => listOf(["a"])))).toBe("usage: <more> is missing: a word");
  });

  test("may be left out where a repeated one was declared so", () => {
    const word = { name: "more", help: "a word", read: String };
    const several = [{ ...word, repeatable: true, optional: true }] as const;
    const listOf = (args: readonly string[]) => parse(args, FLAGS, several, {}).positionals;
    expect(listOf([])).toEqual([[]]);
    expect(listOf(["a", "b"])).toEqual([["a", "b"]]);
  });
});

describe("two flags with the same purpose", () => {
  const rivals = {
    port: textFlag({ name: "port", placeholder: "PORT", fallback: "1", help: "" }),
    ports: textFlag({
      ...{ name: "ports", placeholder: "LIST", fallback: undefined, help: "" },
      rival: "port",
    }),
  };
  const rivalsOf = (args: readonly string[], environment: Record<string, string> = {}) =>
    parse(args, rivals, [], environment).flags;

  test("are read where one of them is given", () => {
    expect(rivalsOf([])).toEqual({ port: "1", ports: undefined });
    expect(rivalsOf(["--port", "2"])).toEqual({ port: "2", ports: undefined });
    expect(rivalsOf([], { TLSLP_PORTS: "2,3" })).toEqual({ port: "1", ports: "2,3" });
  });

  test("exclude each other, among the arguments and among the variables", () => {
    expect(summary(faultOf(() => rivalsOf(["--ports", "2", "--port", "3"])))).toBe(
      "usage: port and ports exclude each other",
    );
    expect(faultOf(() => rivalsOf([], { TLSLP_PORT: "2", TLSLP_PORTS: "3" })).code).toBe(
      "exclusive",
    );
  });

  test("beat the variable of the other, which then is not looked at", () => {
    expect(rivalsOf(["--ports", "2"], { TLSLP_PORT: "" })).toMatchObject({ ports: "2" });
    expect(rivalsOf(["--ports", "2"], { TLSLP_PORT: "\ufffd" })).toMatchObject({ ports: "2" });
    expect(rivalsOf(["--port", "2"], { TLSLP_PORTS: "3" })).toEqual({
      ...{ port: "2", ports: undefined },
    });
  });
});

describe("an environment twin", () => {
  test("has the value when the flag is not given", () => {
    expect(flagsOf([], { TLSLP_BITS: "9", TLSLP_WORK_TIMEOUT: "5" })).toMatchObject({
      bits: 9,
      workTimeout: 5,
    });
  });

  test("is read as strictly as the flag, and named in the error", () => {
    expect(refusalOf({ TLSLP_BITS: "65" })).toBe(
      'usage: TLSLP_BITS: "65" is not a whole number from 0 to 64',
    );
  });

  test("counts as unset when it is empty", () => {
    expect(flagsOf([], { TLSLP_BITS: "", TLSLP_DIR: "", TLSLP_JSON: "" })).toMatchObject({
      bits: 28,
      dir: undefined,
      json: false,
    });
  });

  test("is not read when the flag is given", () => {
    const environment = { TLSLP_BITS: "many", TLSLP_N_BITS: "more", TLSLP_JSON: "perhaps" };
    expect(flagsOf(["--n-bits=3", "--json"], environment)).toMatchObject({ bits: 3, json: true });
  });

  test("of a switch takes 1, true, 0 and false", () => {
    const on = ["1", "true", "0", "false"].map((text) => flagsOf([], { TLSLP_JSON: text }).json);
    expect(on).toEqual([true, true, false, false]);
  });

  test("of a switch takes nothing else", () => {
    for (const text of ["yes", "True", " 1", "11"]) {
      expect(refusalOf({ TLSLP_JSON: text })).toStartWith("usage: TLSLP_JSON: ");
    }
  });

  test("of a flag with other names exists under each", () => {
    expect(flagsOf([], { TLSLP_N_BITS: "9" }).bits).toBe(9);
  });

  test("under the flag's own name comes before those under others", () => {
    expect(flagsOf([], { TLSLP_BITS: "3", TLSLP_N_BITS: "9" }).bits).toBe(3);
    expect(flagsOf([], { TLSLP_BITS: "", TLSLP_N_BITS: "9" }).bits).toBe(9);
  });

  test("of a list is its only value", () => {
    expect(flagsOf([], { TLSLP_PIN: "a" }).pins).toEqual(["a"]);
    expect(flagsOf(["--pin", "b"], { TLSLP_PIN: "a" }).pins).toEqual(["b"]);
  });

  test("of an unknown flag, or in another case, is ignored", () => {
    expect(flagsOf([], { TLSLP_NONSENSE: "1", BITS: "1", tlslp_bits: "1" }).bits).toBe(28);
  });
});

describe("help", () => {
  test("is asked for anywhere among the flags", () => {
    expect(asksForHelp(["--help"])).toBe(true);
    expect(asksForHelp(["a", "--nonsense", "-h", "b"])).toBe(true);
  });

  test("is not asked for after --, nor with similar words", () => {
    expect(asksForHelp(["--", "--help"])).toBe(false);
    expect(asksForHelp(["a", "--", "-h"])).toBe(false);
    expect(asksForHelp(["--help=1", "help", "--helper", "-help"])).toBe(false);
    expect(asksForHelp([])).toBe(false);
  });
});

describe("a switch is seen before anything is parsed", () => {
  const isOn = (args: readonly string[], environment: Environment = {}) =>
    isSwitchedOn(FLAGS.json, args, environment);

  test("among the flags, whatever else is there", () => {
    expect(isOn(["--nonsense", "--json"])).toBe(true);
    expect(isOn(["--jso", "--", "--json"])).toBe(false);
  });

  test("or in its variable", () => {
    expect(isOn([], { TLSLP_JSON: "true" })).toBe(true);
    expect(isOn([], { TLSLP_JSON: "0" })).toBe(false);
  });
});

describe("a text that the runtime could not read", () => {
  test("is refused among the arguments", () => {
    const message = "usage: the command line is not text in UTF-8";
    expect(summary(refusal(["--dir", "a\ufffd"]))).toBe(message);
    expect(summary(faultOf(() => parse(["a", "\ufffd"], FLAGS, TWO, {})))).toBe(message);
  });

  test("is refused in a variable that gives a flag its value", () => {
    expect(refusalOf({ TLSLP_DIR: "a\ufffd" })).toBe("usage: TLSLP_DIR is not text in UTF-8");
    expect(flagsOf(["--dir", "b"], { TLSLP_DIR: "\ufffd", OTHER: "\ufffd" }).dir).toBe("b");
  });
});

test("a fault of another family passes unchanged", () => {
  const boom = new Error("boom");
  const flags = {
    bad: {
      ...FLAGS.dir,
      read: () => {
        throw boom;
      },
    },
  };
  expect(() => parse(["--dir", "x"], flags, [], {})).toThrow(boom);
});

describe("whatever the arguments", () => {
  const word = fc.oneof(
    fc.string({ unit: "binary", maxLength: 12 }),
    fc.constantFrom(
      "--",
      "-",
      "--bits",
      "--bits=9",
      "--json",
      "--pin",
      "-h",
      "--n_bits",
      "9",
      "=",
      "",
    ),
    fc.string({ maxLength: 8 }).map((text) => `--${text}`),
    fc.string({ maxLength: 8 }).map((text) => `-${text}`),
  );

  test("nothing but a usage fault is thrown", () => {
    fc.assert(
      fc.property(fc.array(word, { maxLength: 8 }), (args) =>
        throwsOnly("usage", () => parse(args, FLAGS, TWO, {})),
      ),
      { numRuns: 2000 },
    );
  });

  test("nothing but a usage fault is thrown for any environment", () => {
    const environment = fc.dictionary(
      fc.constantFrom("TLSLP_BITS", "TLSLP_JSON", "TLSLP_DIR", "TLSLP_PIN", "__proto__"),
      fc.string({ unit: "binary" }),
    );
    fc.assert(fc.property(environment, (given) => throwsOnly("usage", () => flagsOf([], given))));
  });

  test("positionals that cannot be read are named in the fault", () => {
    const read = (text: string, setting: string) => readWhole(text, setting, 0, 9);
    const strict = { name: "bits", help: "", read };
    expect(summary(faultOf(() => parse(["x"], FLAGS, [strict], {})))).toBe(
      'usage: <bits>: "x" is not a whole number from 0 to 9',
    );
  });

  test("no more and no fewer positionals come out than were declared", () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: "binary" })), (words) => {
        const fits = words.length === TWO.length;
        const read = () => parse(["--", ...words], FLAGS, TWO, {}).positionals;
        const isText = !words.some((text) => text.includes("\ufffd"));
        return fits && isText ? Bun.deepEquals(read(), words) : faultOf(read).family === "usage";
      }),
    );
  });
});
