/**
 * Symbolic links on the way to a file. A link is followed only where no other user can lead it
 * elsewhere: links, targets and all folders on the way belong to root or to us, and others cannot
 * write the folders, sticky ones and those of read-only mounts excepted. Kubernetes and certbot
 * make such links.
 */
import { accessSync, constants, lstatSync, readlinkSync, type Stats } from "node:fs";
import { dirname, isAbsolute, join } from "node:path";
import { errorCode } from "../fault/fault.ts";

/** Why a link is not followed: the file or folder on its way that another user controls. */
export interface UnsafePlace {
  readonly path: string;
  readonly reason: "foreign" | "writable";
}

export interface Followed {
  /** The path without links; undefined where there are none. */
  readonly target: string | undefined;
  /** The first place on the way that is unsafe, if there is one. */
  readonly unsafe: UnsafePlace | undefined;
}

/** As many as Linux follows. */
const MAX_LINKS = 40;
const STICKY = 0o1000;

/** A file, folder or link on the way. */
interface Place {
  readonly path: string;
  readonly stats: Stats;
}

/** A part of a path that is still to be walked. */
interface Step {
  readonly name: string;
  /** Whether a link put it there. */
  readonly isLinked: boolean;
}

/**
 * Walks to a file, one part of its path after the other. Throws errors of the system, as opening
 * the path would.
 *
 * @param writable the bits of a folder's mode that others must not have
 */
export function followLinks(path: string, writable: number): Followed {
  const steps = stepsOf(isAbsolute(path) ? path : `${process.cwd()}/${path}`, false);
  const places: Place[] = [];
  let current = "/";
  let links = 0;
  /** How many places, from the first, a link depends on. */
  let relevant = 0;
  visit("/", false);

  function visit(at: string, isLinked: boolean): Stats {
    const stats = lstatSync(at);
    places.push({ path: at, stats });
    relevant = isLinked || stats.isSymbolicLink() ? places.length : relevant;
    return stats;
  }

  for (let step = steps.shift(); step !== undefined; step = steps.shift()) {
    if (step.name === "..") {
      current = dirname(current);
      continue;
    }
    const next = join(current, step.name);
    if (!visit(next, step.isLinked).isSymbolicLink()) {
      current = next;
      continue;
    }
    links += 1;
    if (links > MAX_LINKS) {
      throw Object.assign(new Error("too many links"), { code: "ELOOP" });
    }
    const target = readlinkSync(next);
    steps.unshift(...stepsOf(target, true));
    current = isAbsolute(target) ? "/" : current;
  }
  const [place] = places.slice(0, relevant).flatMap((each) => dangerOf(each, writable) ?? []);
  return { target: links === 0 ? undefined : current, unsafe: place };
}

function stepsOf(path: string, isLinked: boolean): Step[] {
  return path
    .split("/")
    .filter((name) => name !== "" && name !== ".")
    .map((name) => ({ name, isLinked }));
}

function dangerOf({ path, stats }: Place, writable: number): UnsafePlace | undefined {
  if (stats.uid !== 0 && stats.uid !== process.geteuid?.()) {
    return { path, reason: "foreign" };
  }
  // In a sticky folder others cannot rename or remove the files of root, or ours.
  const isClosed = (stats.mode & writable) === 0 || (stats.mode & STICKY) !== 0;
  return isClosed || !stats.isDirectory() || isReadOnly(path)
    ? undefined
    : { path, reason: "writable" };
}

/** Whether a folder is on a read-only mount, as a ConfigMap of Kubernetes, whose mode is 0777. */
function isReadOnly(path: string): boolean {
  try {
    accessSync(path, constants.W_OK);
    return false;
  } catch (error) {
    return errorCode(error) === "EROFS";
  }
}
