import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { type NewFile, writeTogether } from "../../../src/io/write-together.ts";
import { faultOf, hintOf, summary } from "../../support/faults.ts";
import { type Folder, makeFolder } from "../../support/processes.ts";
import { openFilesBelow, withoutPrivileges } from "../../support/system.ts";

const NAMES = ["ca-cert", "ca-key", "server-cert", "server-key", "client-cert", "client-key"];
const FILES: readonly NewFile[] = NAMES.map((name) => ({
  name,
  content: `new ${name}`,
  mode: name.endsWith("key") ? 0o600 : 0o644,
}));

let temporary: Folder;
let place: string;
const umask = process.umask();

beforeEach(() => {
  temporary = makeFolder();
  place = join(temporary.path, "certs");
});

afterEach(() => {
  process.umask(umask);
  temporary[Symbol.dispose]();
});

const write = (replace = false) => writeTogether(place, FILES, { replace });
const refusal = (replace = false) => summary(faultOf(() => write(replace)));
const modeOf = (path: string) => statSync(path).mode & 0o777;
const contentOf = (name: string) => readFileSync(join(place, name), "utf8");

/** Returns everything below the place by its path: a file's content, and a mark for a folder. */
function inventory(): Record<string, string> {
  const paths = readdirSync(place, { recursive: true, encoding: "utf8" }).sort();
  return Object.fromEntries(
    paths.map((path) => {
      const stats = lstatSync(join(place, path));
      return [path, stats.isFile() ? contentOf(path) : "no file"];
    }),
  );
}

function fillPlace(): void {
  mkdirSync(place);
  for (const name of NAMES) {
    writeFileSync(join(place, name), `old ${name}`);
  }
}

describe("files that are written together", () => {
  test("are all there with their contents and modes, and no other file", () => {
    write();
    expect(inventory()).toEqual(Object.fromEntries(FILES.map((file) => [file.name, file.content])));
  });

  for (const mask of [0o000, 0o022, 0o077]) {
    test(`are never more open than was said, under the umask ${mask.toString(8)}`, () => {
      process.umask(mask);
      write();
      process.umask(umask);
      for (const { name, mode } of FILES) {
        expect(modeOf(join(place, name))).toBe(mode & ~mask);
      }
    });
  }

  test("go into a folder that is there, and leave its mode and its other files alone", () => {
    mkdirSync(place);
    chmodSync(place, 0o755);
    writeFileSync(join(place, "other"), "mine");
    write();
    expect(contentOf("other")).toBe("mine");
    expect(readdirSync(place)).toHaveLength(7);
    expect(modeOf(place)).toBe(0o755);
  });

  test("go into the folder that a symbolic link leads to", () => {
    const real = join(temporary.path, "real");
    mkdirSync(real);
    symlinkSync(real, place);
    write();
    expect(readdirSync(real)).toHaveLength(6);
  });

  test("are closed again", () => {
    write();
    write(true);
    expect(openFilesBelow(temporary.path)).toEqual([]);
  });
});

describe("a folder that has to be made", () => {
  test("is for its owner alone, with its parents, under any umask", () => {
    process.umask(0);
    place = join(temporary.path, "a", "b");
    write();
    expect([modeOf(place), modeOf(join(temporary.path, "a"))]).toEqual([0o700, 0o700]);
  });

  test("is removed again with its parents when the writing fails", () => {
    place = join(temporary.path, "a", "b");
    const files = [...FILES, { name: "no/such/folder", content: "", mode: 0o600 }];
    expect(() => writeTogether(place, files, { replace: false })).toThrow("cannot write to");
    expect(readdirSync(temporary.path)).toEqual([]);
  });

  test("is not removed when it was there before", () => {
    mkdirSync(place);
    const files = [...FILES, { name: "no/such/folder", content: "", mode: 0o600 }];
    expect(() => writeTogether(place, files, { replace: false })).toThrow("cannot write to");
    expect(inventory()).toEqual({});
  });
});

describe("without replacing", () => {
  for (const name of NAMES) {
    test(`one file that is there, ${name}, keeps all from being written`, () => {
      mkdirSync(place);
      writeFileSync(join(place, name), "mine");
      expect(refusal()).toBe(`usage: ${join(place, name)} exists already`);
      expect(inventory()).toEqual({ [name]: "mine" });
    });
  }

  test("a dangling symbolic link counts as a file, and nothing is written through it", () => {
    mkdirSync(place);
    symlinkSync(join(temporary.path, "target"), join(place, "ca-key"));
    expect(refusal()).toBe(`usage: ${join(place, "ca-key")} exists already`);
    expect(existsSync(join(temporary.path, "target"))).toBe(false);
  });

  test("a folder of the name counts as a file", () => {
    mkdirSync(join(place, "server-key"), { recursive: true });
    expect(refusal()).toBe(`usage: ${join(place, "server-key")} exists already`);
  });

  /** Returns files that make another process's file appear while they are written. */
  function filesDuringWhichCame(path: string): readonly NewFile[] {
    const slow = {
      name: "slow",
      mode: 0o600,
      get content() {
        writeFileSync(path, "theirs");
        return "ours";
      },
    };
    return [...FILES, slow];
  }

  test("a file that another process makes meanwhile in a new folder is left alone", () => {
    const files = filesDuringWhichCame(join(place, "client-key"));
    const fault = faultOf(() => writeTogether(place, files, { replace: false }));
    expect(summary(fault)).toBe(`usage: ${join(place, "client-key")} exists already`);
    expect(inventory()).toEqual({ "client-key": "theirs" });
  });

  test("a file that another process makes meanwhile in a new parent folder is left alone", () => {
    const parent = place;
    place = join(parent, "deeper");
    const files = [
      ...filesDuringWhichCame(join(parent, "other")),
      { name: "no/such/folder", content: "", mode: 0o600 },
    ];
    expect(() => writeTogether(place, files, { replace: false })).toThrow("cannot write to");
    expect(readdirSync(parent)).toEqual(["other"]);
  });

  test("the error comes with a hint at --force", () => {
    fillPlace();
    expect(hintOf(faultOf(write))).toContain("--force");
  });
});

describe("replacing", () => {
  test("puts new files in the place of all", () => {
    fillPlace();
    write(true);
    expect(inventory()).toEqual(Object.fromEntries(FILES.map((file) => [file.name, file.content])));
  });

  test("also works when no file is there", () => {
    write(true);
    expect(Object.keys(inventory())).toEqual([...NAMES].sort());
  });

  test("does not keep the modes of the old files", () => {
    fillPlace();
    chmodSync(join(place, "ca-key"), 0o666);
    write(true);
    expect(modeOf(join(place, "ca-key"))).toBe(0o600);
  });

  test("leaves a file alone that a link leads to", () => {
    fillPlace();
    const target = join(temporary.path, "target");
    writeFileSync(target, "precious");
    rmSync(join(place, "ca-key"));
    symlinkSync(target, join(place, "ca-key"));
    write(true);
    expect(readFileSync(target, "utf8")).toBe("precious");
    expect(lstatSync(join(place, "ca-key")).isFile()).toBe(true);
  });

  for (const name of ["ca-cert", "server-key", "client-key"]) {
    test(`leaves everything as it was when a folder is in the place of ${name}`, () => {
      fillPlace();
      rmSync(join(place, name));
      mkdirSync(join(place, name));
      writeFileSync(join(place, name, "precious"), "mine");
      const before = inventory();
      expect(refusal(true)).toStartWith("usage: ");
      expect(inventory()).toEqual(before);
    });
  }

  test("leaves everything as it was when one cannot be moved, after others were", () => {
    fillPlace();
    // Its name just fits; the longer name under which the old file is kept meanwhile does not.
    const name = "x".repeat(253);
    writeFileSync(join(place, name), "old");
    const before = inventory();
    const files = FILES.toSpliced(3, 0, { name, content: "new", mode: 0o600 });
    const fault = faultOf(() => writeTogether(place, files, { replace: true }));
    expect(summary(fault)).toBe(`usage: cannot write to ${place}: its name is too long`);
    expect(inventory()).toEqual(before);
  });

  test("gives a file the owner and exactly the mode that were asked for", () => {
    fillPlace();
    const { uid, gid } = statSync(place);
    process.umask(0o077);
    const [cert] = FILES;
    const shared = { name: "ca-cert", content: "new", mode: 0o640, owner: { uid, gid } };
    writeTogether(place, cert === undefined ? [] : [shared], { replace: true });
    expect(modeOf(join(place, "ca-cert"))).toBe(0o640);
  });

  test("keeps a file from a group that it cannot be given to", () => {
    mkdirSync(place);
    chmodSync(temporary.path, 0o777);
    chmodSync(place, 0o777);
    const shared = { name: "key", content: "new", mode: 0o640, owner: { uid: 0, gid: 0 } };
    withoutPrivileges(() => writeTogether(place, [shared], { replace: true }));
    expect(modeOf(join(place, "key"))).toBe(process.geteuid?.() === 0 ? 0o600 : 0o640);
  });

  test("leaves files of other names alone", () => {
    fillPlace();
    writeFileSync(join(place, "other"), "mine");
    write(true);
    expect(contentOf("other")).toBe("mine");
  });
});

describe("a place that cannot be written is the user's mistake", () => {
  test("when it is a file", () => {
    writeFileSync(place, "mine");
    expect(refusal()).toStartWith(`usage: cannot write to ${place}`);
    expect(readFileSync(place, "utf8")).toBe("mine");
  });

  test("when it is a file, by a path with a detour", () => {
    writeFileSync(place, "mine");
    place = `${temporary.path}/absent/../certs/`;
    expect(refusal()).toStartWith(`usage: cannot write to ${place}`);
    expect(readdirSync(temporary.path)).toEqual(["certs"]);
  });

  test("when it is below a file", () => {
    const file = join(temporary.path, "file");
    writeFileSync(file, "mine");
    place = join(file, "certs");
    expect(refusal()).toStartWith(`usage: cannot write to ${place}`);
  });

  test("when its name is too long", () => {
    place = join(temporary.path, "x".repeat(300));
    expect(refusal()).toStartWith("usage: cannot write to ");
  });

  test("when permissions forbid it", () => {
    mkdirSync(place);
    chmodSync(temporary.path, 0o755);
    chmodSync(place, 0o555);
    expect(withoutPrivileges(() => refusal())).toBe(
      `usage: cannot write to ${place}: permission denied`,
    );
    expect(readdirSync(place)).toEqual([]);
  });
});
