/**
 * The script that makes zsh complete the command line, sourced or as `_tlslp` in a folder of fpath.
 */
import { shellWord } from "../cli/quote.ts";
import {
  type Choice,
  type CommandWords,
  type FlagWords,
  TOP_LEVEL_EXTRAS,
  withoutGroups,
} from "./words.ts";

export function zshScript(commands: readonly CommandWords[]): string {
  const top = [...commands.map(({ name, summary }) => [name, summary]), ...TOP_LEVEL_EXTRAS];
  const names = commands.map(({ name }) => name);
  return `#compdef tlslp
# Completion of tlslp's command line for zsh: source <(tlslp completions zsh)

_tlslp() {
  if (( CURRENT == 2 )); then
    local -a commands=(
${top.map(([name = "", summary = ""]) => `      ${described(name, summary)}`).join("\n")}
    )
    _describe command commands
    return
  fi
  shift words
  (( CURRENT-- ))
  case $words[1] in
${commands
  .filter(({ members }) => members.length > 0)
  .map(groupCase)
  .join("\n")}
  esac
  case $words[1] in
${withoutGroups(commands).map(commandCase).join("\n")}
    help) _arguments ${shellWord(`1:command:(${names.join(" ")})`)} ;;
  esac
}

if [[ $funcstack[1] == _tlslp ]]; then
  _tlslp "$@"
else
  compdef _tlslp tlslp
fi
`;
}

/** Describes the commands of a group, or makes one word of both its words. */
function groupCase({ name, members, flags }: CommandWords): string {
  const words = [
    ...members.map(({ word, summary }) => described(word, summary)),
    ...flags.map(({ names: [flag = ""], help }) => described(flag, help)),
  ];
  return `    ${name})
      if (( CURRENT == 2 )); then
        local -a commands=(
${words.map((word) => `          ${word}`).join("\n")}
        )
        _describe command commands
        return
      fi
      case $words[2] in
        ${members.map(({ word }) => word).join(" | ")})
          words=("$words[1] $words[2]" "\${(@)words[3,-1]}")
          (( CURRENT-- ))
          ;;
      esac
      ;;`;
}

function described(word: string, summary: string): string {
  return shellWord(`${escapeSpec(word)}:${summary}`);
}

function commandCase({ name, flags, positionals }: CommandWords): string {
  const specs = [
    ...flags.flatMap(flagSpecs),
    // A position without words would keep zsh from offering flags there.
    ...positionals.flatMap(({ name: word, choice, repeatable }, index) =>
      choice.length === 0
        ? []
        : [`${repeatable ? "*" : index + 1}:${escapeSpec(word)}:${action(choice)}`],
    ),
  ];
  return `    ${shellWord(name)}) _arguments -S ${specs.map((spec) => `\\\n      ${shellWord(spec)}`).join(" ")} ;;`;
}

function flagSpecs({ names, help, repeatable, value }: FlagWords): readonly string[] {
  const others = repeatable ? "*" : `(${names.join(" ")})`;
  return names.map((name) => {
    const after = value === undefined ? "" : `:${escapeSpec(value.name)}:${action(value.choice)}`;
    return `${others}${name}${value === undefined ? "" : "="}[${escapeSpec(help)}]${after}`;
  });
}

function action(choice: Choice): string {
  if (choice === "files") {
    return "_files";
  }
  if (choice === "folders") {
    return "_files -/";
  }
  return choice.length === 0 ? " " : `(${choice.join(" ")})`;
}

/** Escapes the characters that separate the fields of a zsh spec. */
function escapeSpec(text: string): string {
  return text.replace(/[\\:[\]]/g, "\\$&");
}
