import { describe, expect, test } from "bun:test";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { processorQuota, usableProcessors } from "../../../src/search/processors.ts";
import { makeFolder } from "../../support/processes.ts";

/** The content of a system's files, by their paths. */
type Files = Readonly<Record<string, string>>;

const V2 = {
  "proc/self/cgroup": "0::/batch/job 7/task\n",
  "proc/self/mountinfo": `22 27 0:21 / /proc rw,relatime - proc proc rw
30 23 0:26 / /sys/fs/cgroup rw,nosuid shared:4 - cgroup2 cgroup2 rw,nsdelegate
`,
};
const OWN_V2 = "sys/fs/cgroup/batch/job 7/task/cpu.max";
const PARENT_V2 = "sys/fs/cgroup/batch/job 7/cpu.max";
const TOP_V2 = "sys/fs/cgroup/cpu.max";

const V1 = {
  "proc/self/cgroup": `9:name=systemd:/other
5:cpu,cpuacct:/batch/task
2:cpuset:/other
0::/
`,
  "proc/self/mountinfo": `31 23 0:28 / /sys/fs/cgroup rw - tmpfs tmpfs rw,mode=755
32 31 0:29 / /sys/fs/cgroup/cpu,cpuacct rw - cgroup cgroup rw,cpu,cpuacct
35 31 0:32 / /sys/fs/cgroup/cpuset rw - cgroup cgroup rw,cpuset
41 31 0:38 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw
`,
};
const OWN_V1 = "sys/fs/cgroup/cpu,cpuacct/batch/task";
const PARENT_V1 = "sys/fs/cgroup/cpu,cpuacct/batch";

/** Returns a group's files, with a quota in each 100 ms. */
function v1(folder: string, quota: number): Files {
  return {
    [`${folder}/cpu.cfs_quota_us`]: `${quota}\n`,
    [`${folder}/cpu.cfs_period_us`]: "100000\n",
  };
}

describe("the quota", () => {
  const cases: Readonly<Record<string, readonly [Files, number]>> = {
    "is none without control groups": [{}, Infinity],
    "is none where no group has one": [
      { ...V2, [OWN_V2]: "max 100000\n", [PARENT_V2]: "max 100000\n" },
      Infinity,
    ],
    "is that of the own group": [{ ...V2, [OWN_V2]: "150000 100000\n" }, 1.5],
    "is that of a group above": [{ ...V2, [OWN_V2]: "max 100000\n", [PARENT_V2]: "5 2\n" }, 2.5],
    "is that of the topmost group in a container": [{ ...V2, [TOP_V2]: "50000 100000\n" }, 0.5],
    "is the least of several": [
      { ...V2, [OWN_V2]: "400000 100000", [PARENT_V2]: "300000 100000", [TOP_V2]: "90 10" },
      3,
    ],
    "is that of the own group of the first version": [{ ...V1, ...v1(OWN_V1, 250_000) }, 2.5],
    "is that of a group above of the first version": [
      { ...V1, ...v1(OWN_V1, -1), ...v1(PARENT_V1, 100_000) },
      1,
    ],
    "is none of the first version where it is -1": [
      { ...V1, ...v1(OWN_V1, -1), ...v1(PARENT_V1, -1) },
      Infinity,
    ],
    "is not taken from the groups of other controllers": [
      { ...V1, ...v1("sys/fs/cgroup/cpuset/other", 100_000) },
      Infinity,
    ],
    "is the least of both versions": [
      { ...V1, ...v1(OWN_V1, 300_000), "sys/fs/cgroup/unified/cpu.max": "200000 100000\n" },
      2,
    ],
    "is found where only a part of the groups can be seen": [
      {
        "proc/self/cgroup": "0::/docker/abc/inner\n",
        "proc/self/mountinfo": "30 23 0:26 /docker/abc /groups\\040here rw - cgroup2 none rw\n",
        "groups here/cpu.max": "100000 100000\n",
      },
      1,
    ],
    "is found in a folder with a backslash that looks like an escaped space": [
      {
        "proc/self/cgroup": "0::/\n",
        "proc/self/mountinfo": "30 23 0:26 / /a\\134040b\\134 rw - cgroup2 none rw\n",
        "a\\040b\\/cpu.max": "100000 100000\n",
      },
      1,
    ],
    "is not taken from a part in which the process is not": [
      {
        "proc/self/cgroup": "0::/docker/abcd\n",
        "proc/self/mountinfo": "30 23 0:26 /docker/abc /groups rw - cgroup2 none rw\n",
        "groups/cpu.max": "100000 100000\n",
      },
      Infinity,
    ],
    "is found for a group with a colon in its name": [
      {
        ...V2,
        "proc/self/cgroup": "0::/a:b\n",
        "sys/fs/cgroup/a:b/cpu.max": "100000 100000\n",
      },
      1,
    ],
    "is none where the files say nothing that makes sense": [
      { ...V2, [OWN_V2]: "", [PARENT_V2]: "plenty\n", [TOP_V2]: "100000 0\n" },
      Infinity,
    ],
    "is none where the lists make no sense": [
      { "proc/self/cgroup": "::\n0\n1:cpu\n", "proc/self/mountinfo": " - \n - cgroup2\n1 - x\n" },
      Infinity,
    ],
  };
  for (const [name, [files, processors]] of Object.entries(cases)) {
    test(name, async () => {
      using system = systemOf(files);
      expect(await processorQuota(system.path)).toBe(processors);
    });
  }
});

describe("the usable processors", () => {
  const allowed = navigator.hardwareConcurrency;

  test("are those of the affinity mask, where there is no quota or a larger one", async () => {
    using free = systemOf({});
    expect(await usableProcessors(free.path)).toBe(allowed);
    using generous = systemOf({ ...V2, [OWN_V2]: `${(allowed + 1) * 100_000} 100000\n` });
    expect(await usableProcessors(generous.path)).toBe(allowed);
  });

  test("are as many as a quota pays for whole", async () => {
    using single = systemOf({ ...V2, [OWN_V2]: "199999 100000\n" });
    expect(await usableProcessors(single.path)).toBe(1);
    using most = systemOf({ ...V2, [OWN_V2]: `${(allowed - 0.5) * 100_000} 100000\n` });
    expect(await usableProcessors(most.path)).toBe(Math.max(1, allowed - 1));
  });

  test("are one, if the quota is less", async () => {
    using system = systemOf({ ...V2, [OWN_V2]: "1000 100000\n" });
    expect(await usableProcessors(system.path)).toBe(1);
  });
});

/** Makes a folder with these files. */
function systemOf(files: Files): ReturnType<typeof makeFolder> {
  const folder = makeFolder();
  for (const [name, text] of Object.entries(files)) {
    const path = join(folder.path, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  }
  return folder;
}
