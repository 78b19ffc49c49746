/**
 * The arguments of a group of commands, such as `tlslp submissions`.
 */
import type { Description, GroupDescription } from "./command.ts";

/** Returns all commands of a group, its own first. */
export function commandsOf({
  own,
  members,
}: Pick<GroupDescription, "members" | "own">): readonly Description[] {
  return own === undefined ? members : [own, ...members];
}

/** Returns the arguments with the first word in front: flags may come before a command's name. */
export function commandFirst(
  args: readonly string[],
  group: Pick<GroupDescription, "members" | "own">,
): readonly string[] {
  const flags = commandsOf(group).flatMap((command) => Object.values(command.flags));
  const valued = new Set(
    flags
      .filter(({ placeholder }) => placeholder !== undefined)
      .flatMap(({ name, aliases }) => [name, ...aliases].map((each) => `--${each}`)),
  );
  let index = 0;
  for (let arg = args[0]; arg?.startsWith("-"); arg = args[index]) {
    index += valued.has(arg) ? 2 : 1;
  }
  return [...args.slice(index, index + 1), ...args.slice(0, index), ...args.slice(index + 1)];
}
