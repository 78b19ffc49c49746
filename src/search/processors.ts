/**
 * How many processors this process may use. To find out takes the search thread as little memory as
 * can be: no regular expressions, for which the runtime has a compiler.
 */

/**
 * As many as its affinity mask names and, on Linux, as the quotas of its control groups pay for, at
 * least one. What a quota has beyond whole processors is left alone: with a thread for it the system
 * would stop all of them whenever the quota is used up, and then none ends when it should.
 *
 * @param root the folder that holds /proc and the control groups; another one in tests
 */
export async function usableProcessors(root = ""): Promise<number> {
  // The runtime knows the mask. Of quotas it knows that of the process's own group at most.
  const allowed = navigator.hardwareConcurrency;
  if (process.platform !== "linux" || allowed === 1) {
    return allowed;
  }
  return Math.min(allowed, Math.max(1, Math.floor(await processorQuota(root))));
}

/**
 * The least quota of the control groups that hold this process, its own and all above it, in
 * processors; Infinity where none has one, or there are no such groups.
 */
export async function processorQuota(root = ""): Promise<number> {
  const groups = await read(`${root}/proc/self/cgroup`);
  const mounts = await read(`${root}/proc/self/mountinfo`);
  const folders = groupFolders(parseGroups(groups), parseMounts(mounts));
  let least = Infinity;
  // One after the other: reads at the same time would each take a thread, and memory for it.
  for (const { version, path } of folders) {
    least = Math.min(least, await quotaOf(version, root + path));
  }
  return least;
}

/** Of the interface to control groups: cgroups(7). */
type Version = "v1" | "v2";

interface Group {
  readonly version: Version;
  /** From the root of its hierarchy. */
  readonly path: string;
}

interface Mount {
  readonly version: Version;
  /** The group at the mount's top. */
  readonly group: string;
  /** The folder that shows it. */
  readonly folder: string;
}

/** The groups of this process that may limit its use of processors. */
function parseGroups(text: string): readonly Group[] {
  return text.split("\n").flatMap((line): Group[] => {
    const [, controllers, ...rest] = line.split(":");
    const version = versionOf(controllers === "" ? "cgroup2" : "cgroup", controllers);
    return version === undefined ? [] : [{ version, path: rest.join(":") }];
  });
}

/** Where those hierarchies can be seen: proc_pid_mountinfo(5). */
function parseMounts(text: string): readonly Mount[] {
  const mounts: Mount[] = [];
  for (const line of text.split("\n")) {
    // Most mounts are others. A function that is called for all of them is soon worth compiling to
    // the runtime, and its compiler takes half a MiB of memory.
    if (line.includes(" - cgroup")) {
      const [mount = "", source = ""] = line.split(" - ");
      const [, , , group, folder] = mount.split(" ");
      const [type, , options] = source.split(" ");
      const version = versionOf(type, options);
      if (version !== undefined && group !== undefined && folder !== undefined) {
        mounts.push({ version, group: unescaped(group), folder: unescaped(folder) });
      }
    }
  }
  return mounts;
}

/** Undefined for what has nothing to do with processors. */
function versionOf(type: string | undefined, controllers = ""): Version | undefined {
  if (type === "cgroup2") {
    return "v2";
  }
  return type === "cgroup" && controllers.split(",").includes("cpu") ? "v1" : undefined;
}

/** Spaces and the like are a backslash and three octal digits. */
function unescaped(field: string): string {
  const [start = "", ...rest] = field.split("\\");
  const decoded = rest.map(
    (part) => String.fromCharCode(Number.parseInt(part.slice(0, 3), 8)) + part.slice(3),
  );
  return start + decoded.join("");
}

/** The folders of these groups and of those above them, as far as they can be seen. */
function groupFolders(groups: readonly Group[], mounts: readonly Mount[]): readonly Group[] {
  return groups.flatMap(({ version, path }) =>
    mounts
      .filter((mount) => mount.version === version && `${path}/`.startsWith(below(mount.group)))
      .flatMap(({ group, folder }) => {
        const names = path.slice(below(group).length).split("/").filter(Boolean);
        return [...names.keys(), names.length].map((depth) => ({
          version,
          path: [folder, ...names.slice(0, depth)].join("/"),
        }));
      }),
  );
}

/** What the paths of all groups below this one begin with. */
function below(group: string): string {
  return group.endsWith("/") ? group : `${group}/`;
}

/** In processors. A group without the files, which the topmost one is, has no quota. */
async function quotaOf(version: Version, folder: string): Promise<number> {
  const text =
    version === "v2"
      ? await read(`${folder}/cpu.max`)
      : `${await read(`${folder}/cpu.cfs_quota_us`)} ${await read(`${folder}/cpu.cfs_period_us`)}`;
  // Both in microseconds; a quota that is not one is "max" or -1.
  const [quota = 0, period = 0] = text.split(" ").map(Number);
  return quota > 0 && period > 0 ? quota / period : Infinity;
}

/** A file's text; nothing where it cannot be read. */
async function read(path: string): Promise<string> {
  return await Bun.file(path)
    .text()
    .catch(() => "");
}
