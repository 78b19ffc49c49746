/**
 * The number of processors that this process may use.
 */

/**
 * Returns as many as the affinity mask names and, on Linux, as the quotas of control groups pay
 * for, at least 1. The fraction of a quota beyond whole processors is not used: with one more
 * thread the system would pause all threads whenever the quota is spent, and searches end late.
 *
 * @param root the folder that holds /proc and the control groups; another one in tests
 */
export async function usableProcessors(root = ""): Promise<number> {
  // The runtime knows the mask, but at most the quota of the process's own group.
  const allowed = navigator.hardwareConcurrency;
  if (process.platform !== "linux" || allowed === 1) {
    return allowed;
  }
  return Math.min(allowed, Math.max(1, Math.floor(await processorQuota(root))));
}

/**
 * Returns the smallest quota, in processors, of the control groups that contain this process: its
 * own and all above it, of both versions (cgroups(7)). Infinity if there is none.
 */
export async function processorQuota(root = ""): Promise<number> {
  const groups = parseGroups(await read(`${root}/proc/self/cgroup`));
  const mounts = await read(`${root}/proc/self/mountinfo`);
  let quota = Number.POSITIVE_INFINITY;
  for (const folder of mounts.split("\n").flatMap((mount) => groupFolders(mount, groups))) {
    quota = Math.min(quota, await quotaOf(root + folder));
  }
  return quota;
}

interface Group {
  /** Empty for the second version, which has one hierarchy for all. */
  readonly controllers: readonly string[];
  /** From the root of its hierarchy. */
  readonly path: string;
}

/** Parses lines such as `5:cpu,cpuacct:/batch/task`, or `0::/batch/task` for the second version. */
function parseGroups(text: string): readonly Group[] {
  return Array.from(text.matchAll(/^\d+:([^:\n]*):(.*)$/gm), ([, controllers = "", path = ""]) => ({
    controllers: controllers.split(","),
    path,
  }));
}

/** `ID PARENT DEVICE GROUP FOLDER OPTIONS… - TYPE SOURCE OPTIONS` (proc_pid_mountinfo(5)) */
const CONTROL_GROUPS = /^\S+ \S+ \S+ (\S+) (\S+) .* - (cgroup2?) \S+ (\S+)$/;

/** Returns the folders in which a mount shows the process's group and those above it. */
function groupFolders(mount: string, groups: readonly Group[]): readonly string[] {
  const [, top = "", folder = "", type, options = ""] = CONTROL_GROUPS.exec(mount) ?? [];
  const controller = type === "cgroup2" ? "" : "cpu";
  if (type === undefined || !(type === "cgroup2" || options.split(",").includes(controller))) {
    return [];
  }
  const group = groups.find(({ controllers }) => controllers.includes(controller));
  const above = `${unescapeOctal(top)}/`.replace(/\/+$/, "/");
  if (group === undefined || !`${group.path}/`.startsWith(above)) {
    return [];
  }
  const names = group.path.slice(above.length).split("/").filter(Boolean);
  return [...names.keys(), names.length].map((depth) =>
    [unescapeOctal(folder), ...names.slice(0, depth)].join("/"),
  );
}

/** Returns a field without escapes: a space is a backslash and three octal digits. */
function unescapeOctal(field: string): string {
  return field.replace(/\\([0-7]{3})/g, (_, digits) =>
    String.fromCharCode(Number.parseInt(digits, 8)),
  );
}

/** Returns a group's quota in processors. Its files say "max" or -1 for none. */
async function quotaOf(folder: string): Promise<number> {
  const second = await read(`${folder}/cpu.max`);
  const first = [
    await read(`${folder}/cpu.cfs_quota_us`),
    await read(`${folder}/cpu.cfs_period_us`),
  ];
  const [quota = 0, period = 0] = (second || first.join(" ")).split(" ").map(Number);
  return quota > 0 && period > 0 ? quota / period : Number.POSITIVE_INFINITY;
}

/** Returns a file's text, or "" where it cannot be read. */
async function read(path: string): Promise<string> {
  return await Bun.file(path)
    .text()
    .catch(() => "");
}
