/**
 * The pages of the site: the Markdown files that people read on GitHub too.
 */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

export const ROOT = join(import.meta.dirname, "../..");

/** Files outside docs/ that are pages. README.md is the first one. */
const TOP = ["README.md", "CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md", "CODE_OF_CONDUCT.md"];

/** Headings of the menu, each with its pages; a page of docs/ that is in none is a guide too. */
const GUIDES = ["organisers", "participants", "solvers"];
const REFERENCE = [
  ...["reference", "command-line", "library", "intake", "logs", "metrics", "protocol"],
  ...["conformance", "security", "stability", "verify-download", "glossary"],
];
const PROJECT = ["architecture", "performance", "examples", "releasing"];

/** Paths from the repository's root, in the order of the menu. */
export const PAGES: readonly string[] = [
  ...TOP,
  ...readdirSync(join(ROOT, "docs"), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".md"))
    .map((name) => `docs/${name.replaceAll("\\", "/")}`)
    .sort(),
];

export function menu() {
  const toPath = (name: string) => `docs/${name}.md`;
  const reference = REFERENCE.map(toPath);
  const project = [...PROJECT.map(toPath), ...TOP.slice(1)];
  const first = GUIDES.map(toPath);
  const others = PAGES.filter(
    (page) => ![TOP[0], ...first, ...reference, ...project].includes(page),
  );
  return [
    { text: "Guides", items: [{ text: "Begin", link: "/" }, ...[...first, ...others].map(toItem)] },
    { text: "Reference", items: reference.map(toItem) },
    { text: "Project", items: project.map(toItem) },
  ];
}

function toItem(page: string) {
  const [, title] = /^# (.+)$/m.exec(readFileSync(join(ROOT, page), "utf8")) ?? [];
  return { text: title ?? page, link: `/${page.replace(/\.md$/, "")}` };
}
