import { afterAll, describe, expect, test } from "bun:test";
import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Fault } from "../../../src/fault/fault.ts";
import { type InputFile, readInput, readSecret, readTrusted } from "../../../src/io/input.ts";
import { faultOf, hintOf, summary } from "../../support/faults.ts";
import { makeFolder, REPOSITORY } from "../../support/processes.ts";
import { openFilesBelow, withoutPrivileges } from "../../support/system.ts";

const LIMIT = 1024 * 1024;

const SOURCE = join(REPOSITORY, "src/io/input.ts");
/** The longest time of a process that should end at once, in milliseconds. */
const EXIT_TIMEOUT = 30_000;

const folder = makeFolder();
afterAll(() => folder[Symbol.dispose]());

let files = 0;

/** Makes a file; it has the mode under any umask. */
function makeFile(content: string | Uint8Array, mode = 0o600): string {
  files += 1;
  const path = join(folder.path, `file-${files}`);
  writeFileSync(path, content);
  chmodSync(path, mode);
  return path;
}

function makePipe(): string {
  files += 1;
  const path = join(folder.path, `pipe-${files}`);
  Bun.spawnSync(["mkfifo", path]);
  return path;
}

function refusal(path: string, read: (file: InputFile) => unknown = readInput): string {
  return summary(faultOf(() => read({ path, purpose: "authorities" })));
}

describe("a file", () => {
  test("is read whole", () => {
    expect(readInput({ path: makeFile("Zoë\n😀"), purpose: "answers" })).toBe("Zoë\n😀");
  });

  test("may be empty", () => {
    expect(readInput({ path: makeFile(""), purpose: "answers" })).toBe("");
  });

  test("may be as large as the limit", () => {
    expect(readInput({ path: makeFile("x".repeat(LIMIT)), purpose: "answers" })).toHaveLength(
      LIMIT,
    );
  });

  test("may be sixteen times as large when it is a list of revoked certificates", () => {
    const list = (content: string): InputFile => ({
      path: makeFile(content),
      purpose: "revocations",
    });
    expect(readTrusted(list("x".repeat(16 * LIMIT)))).toHaveLength(16 * LIMIT);
    expect(summary(faultOf(() => readTrusted(list("x".repeat(16 * LIMIT + 1)))))).toEndWith(
      `is larger than ${16 * LIMIT} bytes`,
    );
  });

  test("may be named by a symbolic link", () => {
    const link = join(folder.path, "link");
    symlinkSync(makeFile("text"), link);
    expect(readInput({ path: link, purpose: "answers" })).toBe("text");
  });

  test("may be open to all when it holds our answers, and otherwise not", () => {
    expect(readInput({ path: makeFile("text", 0o666), purpose: "answers" })).toBe("text");
    for (const purpose of ["questions", "people", "receiptPublicKey"] as const) {
      const fault = faultOf(() => readInput({ path: makeFile("text", 0o666), purpose }));
      expect(fault.message).toEndWith("can be written by everybody");
    }
  });
});

describe("a file has a hint that fits", () => {
  const hintAbout = (file: InputFile, read: (file: InputFile) => unknown = readInput) =>
    hintOf(faultOf(() => read(file)));

  for (const encoding of ["little-endian", "big-endian"]) {
    test(`in UTF-16 without a mark, ${encoding}`, () => {
      const little = Buffer.from('{"a": "b"}', "utf16le");
      const path = makeFile(encoding === "big-endian" ? little.swap16() : little);
      expect(hintAbout({ path, purpose: "answers" })).toStartWith("iconv -f UTF-16 -t UTF-8 ");
    });
  }

  test("in Latin-1", () => {
    const path = makeFile(Buffer.from('{"NAME": "Zo\u00eb"}', "latin1"));
    expect(hintAbout({ path, purpose: "answers" })).toContain(`iconv -f LATIN1 -t UTF-8 ${path}`);
  });

  test("where the shell opened it", () => {
    const file = { purpose: "clientKey", path: "/dev/stdin" } as const;
    const fault = new Fault("fileExposed", { file, exposure: "readableByAll" });
    expect(hintOf(fault)).toBe("chmod 600 FILE, the file that the shell opened for us");
  });

  test("where stdin was meant", () => {
    expect(hintAbout({ path: "-", purpose: "answers" })).toBe("/dev/stdin is the name of stdin");
    expect(hintAbout({ path: makePipe(), purpose: "answers" })).toContain("give /dev/stdin");
  });

  for (const value of ["system", "none"]) {
    test(`where an authority is called ${value}`, () => {
      const hint = hintAbout({ path: value, purpose: "authorities" }, readTrusted);
      expect(hint).toContain(`${value} is for tlslp client alone`);
    });
  }
});

describe("a file that cannot be read is the user's mistake, and is named", () => {
  test("when it does not exist", () => {
    const path = join(folder.path, "nowhere");
    expect(refusal(path)).toBe(`usage: the CA certificate ${path} does not exist`);
  });

  test("when it is a link that leads nowhere", () => {
    const path = join(folder.path, "dangling");
    symlinkSync("nowhere", path);
    expect(refusal(path)).toBe(`usage: the CA certificate ${path} does not exist`);
  });

  test("when it is a link that leads to itself", () => {
    const path = join(folder.path, "loop");
    symlinkSync("loop", path);
    expect(refusal(path)).toContain("too many symbolic links");
  });

  test("when it is a folder", () => {
    expect(refusal(folder.path)).toMatch(/^usage: the CA certificate \S+ is (a folder|not a reg)/);
  });

  for (const reader of ["readInput", "readSecret"]) {
    test(`when it is a named pipe, without waiting for a writer, for ${reader}`, () => {
      // In a process of its own, because a process that waits in `open` cannot time itself out.
      const code = `import { ${reader} } from ${JSON.stringify(SOURCE)};
        try { ${reader}({ path: ${JSON.stringify(makePipe())}, purpose: "answers" }); }
        catch (fault) { process.stdout.write(fault.message); }`;
      const { stdout } = Bun.spawnSync([process.execPath, "-e", code], { timeout: EXIT_TIMEOUT });
      expect(stdout.toString()).toEndWith("is not a regular file");
    });
  }

  test("when it is a device that never ends", () => {
    expect(refusal("/dev/zero")).toBe("usage: the CA certificate /dev/zero is not a regular file");
  });

  test("when a part of its path is a file", () => {
    expect(refusal(join(makeFile(""), "deeper"))).toContain("a part of its path is not a folder");
  });

  test("when its name is too long", () => {
    expect(refusal(join(folder.path, "x".repeat(300)))).toContain("its name is too long");
  });

  test("when its name holds a NUL", () => {
    expect(refusal("a\u0000b")).toStartWith("usage: the CA certificate a\u0000b cannot be read");
  });

  test("when it is larger than the limit, by a byte", () => {
    expect(refusal(makeFile("x".repeat(LIMIT + 1)))).toEndWith(`is larger than ${LIMIT} bytes`);
  });

  test("when its permissions forbid it", () => {
    const path = makeFile("text", 0o000);
    expect(withoutPrivileges(() => refusal(path))).toBe(
      `usage: the CA certificate ${path} cannot be read: permission denied`,
    );
  });

  test("when the reading fails after the opening", () => {
    // Its first page is never mapped: a regular file of size 0 whose reading is an error.
    expect(refusal("/proc/self/mem")).toMatch(/cannot be read: E/);
  });

  test("and is closed again", () => {
    refusal(makeFile("x".repeat(LIMIT + 1)));
    refusal(makeFile("", 0o666), readSecret);
    refusal(folder.path);
    expect(openFilesBelow(folder.path)).toEqual([]);
    refusal("/proc/self/mem");
    expect(openFilesBelow(`/proc/${process.pid}/mem`)).toEqual([]);
  });
});

describe("the hint about making certificates", () => {
  const hintAt = (path: string) =>
    hintOf(faultOf(() => readInput({ path, purpose: "serverCert" })));

  test("is given when the file is missing", () => {
    expect(hintAt(join(folder.path, "nowhere"))).toContain("tlslp certs");
  });

  test("is not given when the file is wrong in another way", () => {
    const file = makeFile("x".repeat(LIMIT + 1));
    expect([hintAt(folder.path), hintAt(file), hintAt(join(file, "deeper"))]).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
  });
});

// curl#3807
describe("a pipe that the program was given", () => {
  /** Runs a shell's command that gives a pipe as "$1", and returns what was read from it. */
  function read(given: string, reader = "readInput") {
    const code = `import { ${reader} } from ${JSON.stringify(SOURCE)};
      try { console.log("read", ${reader}({ path: process.argv[1], purpose: "key" }).length); }
      catch (fault) { console.log(fault.message); }`;
    const command = `"$0" -e "$1" ${given}`;
    const { stdout } = Bun.spawnSync(["bash", "-c", command, process.execPath, code]);
    return stdout.toString().trimEnd();
  }

  test("is read to its end, however slow its writer", () => {
    expect(read("<(echo one; sleep 0.3; echo two)")).toBe("read 8");
    expect(read("/dev/stdin < <(echo one; sleep 0.3; echo two)")).toBe("read 8");
    expect(read("/proc/self/fd/5 5< <(printf %s one)")).toBe("read 3");
  });

  test("is said to be empty, as when two files come from one", () => {
    expect(read("<(:)")).toEndWith("is an empty pipe, or one that was read before");
  });

  test("may hold a private key, and trusted certificates", () => {
    expect(read("<(echo key)", "readSecret")).toBe("read 4");
    expect(read("<(echo cert)", "readTrusted")).toBe("read 5");
  });

  test(`may hold ${LIMIT} bytes, and no more`, () => {
    expect(read(`<(head -c ${LIMIT} /dev/zero)`)).toBe(`read ${LIMIT}`);
    expect(read(`<(head -c ${LIMIT + 1} /dev/zero)`)).toEndWith(`is larger than ${LIMIT} bytes`);
    expect(read("<(cat /dev/zero)")).toEndWith(`is larger than ${LIMIT} bytes`);
  });

  test("is not a device that never ends", () => {
    expect(read("/dev/stdin </dev/zero")).toEndWith("is not a regular file");
  });
});

describe("a private key", () => {
  for (const mode of [0o600, 0o400, 0o640, 0o440, 0o700, 0o750, 0o610]) {
    test(`may have the mode ${mode.toString(8)}`, () => {
      expect(`${readSecret({ path: makeFile("key", mode), purpose: "key" })}`).toBe("key");
    });
  }

  for (const mode of [0o620, 0o602, 0o660, 0o622, 0o666, 0o777, 0o642]) {
    test(`is refused with the mode ${mode.toString(8)}: others can write it`, () => {
      const path = makeFile("key", mode);
      expect(refusal(path, readSecret)).toEndWith("can be written by others than its owner");
    });
  }

  for (const mode of [0o644, 0o604, 0o755, 0o444]) {
    test(`is refused with the mode ${mode.toString(8)}: everybody can read it`, () => {
      expect(refusal(makeFile("key", mode), readSecret)).toEndWith("can be read by everybody");
    });
  }

  test("is checked at the end of a symbolic link", () => {
    const link = join(folder.path, "key-link");
    symlinkSync(makeFile("key", 0o644), link);
    expect(refusal(link, readSecret)).toEndWith("can be read by everybody");
  });

  test("has its permissions judged only if it is one: a certificate is named by what it is", () => {
    const mark = (label: string) => `-----BEGIN ${label}-----`;
    const certificate = mark("CERTIFICATE");
    const both = `${certificate}${mark("EC PRIVATE KEY")}`;

    const path = makeFile(certificate, 0o644);
    expect(`${readSecret({ path, purpose: "key" })}`).toBe(certificate);
    expect(refusal(makeFile(both, 0o644), readSecret)).toEndWith("can be read by everybody");
  });

  test("that is refused comes with the command that helps", () => {
    const path = makeFile("key", 0o644);
    const fault = faultOf(() => readSecret({ path, purpose: "key" }));
    expect(hintOf(fault)).toStartWith(`chmod 600 ${path} #`);
  });

  test("may be in a folder that is open to all", () => {
    const open = join(folder.path, "open");
    mkdirSync(open);
    chmodSync(open, 0o777);
    const path = join(open, "key");
    writeFileSync(path, "key", { mode: 0o600 });
    expect(`${readSecret({ path, purpose: "key" })}`).toBe("key");
  });

  test("that does not exist is an error like any other file's", () => {
    expect(refusal(join(folder.path, "nowhere"), readSecret)).toEndWith("does not exist");
  });
});

describe("a file of trusted certificates", () => {
  for (const mode of [0o600, 0o644, 0o664, 0o444]) {
    test(`may have the mode ${mode.toString(8)}`, () => {
      const file = { path: makeFile("text", mode), purpose: "answers" as const };
      expect(`${readTrusted(file)}`).toBe("text");
    });
  }

  for (const mode of [0o602, 0o646, 0o666, 0o777]) {
    test(`is refused with the mode ${mode.toString(8)}, and the remedy named`, () => {
      const path = makeFile("text", mode);
      const fault = faultOf(() => readTrusted({ path, purpose: "answers" }));
      expect(fault.message).toEndWith("can be written by everybody");
      expect(hintOf(fault)).toStartWith(`chmod o-w ${path} #`);
    });
  }
});
