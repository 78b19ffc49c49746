/**
 * Changes to the Markdown for the site: links to files that are no pages lead to the repository,
 * diagrams are the committed pictures, tables with sentences become lists on a phone, and pictures
 * from other hosts, which are badges for GitHub, are left out.
 */
import { existsSync } from "node:fs";
import { basename, dirname, join, normalize } from "node:path";
import type { MarkdownOptions } from "vitepress";
import { PAGES, ROOT } from "./pages.ts";

type Token = ReturnType<Markdown["parse"]>[number];
type Markdown = Parameters<NonNullable<MarkdownOptions["config"]>>[0];

const REPOSITORY = "https://github.com/tlslp/tlslp/blob/main/";

export function adaptMarkdown(markdown: Markdown): void {
  markdown.core.ruler.push("repository-links", ({ tokens, env }) => {
    for (const token of tokens.flatMap(({ children }) => children ?? [])) {
      const href = token.attrGet("href");
      if (token.type === "link_open" && href !== null) {
        token.attrSet("href", resolveLink(href, env.relativePath));
      }
    }
  });

  markdown.core.ruler.push("badges", ({ tokens }) => {
    for (const token of tokens) {
      if (token.children?.some(isRemoteImage)) {
        token.children = withoutBadges(token.children);
      }
    }
  });

  markdown.core.ruler.push("tables", ({ tokens }) => {
    for (const [index, { type }] of tokens.entries()) {
      if (type === "table_open") {
        const end = tokens.findIndex((each, at) => at > index && each.type === "table_close");
        labelCells(tokens.slice(index, end));
      }
    }
  });

  // In place of the rule of VitePress, which drops the class. Tables that scroll need the focus.
  markdown.renderer.rules["table_open"] = (tokens, index, options, _, self) => {
    tokens[index]?.attrSet("tabindex", "0");
    return self.renderToken(tokens, index, options);
  };

  const { fence } = markdown.renderer.rules;
  markdown.renderer.rules.fence = (tokens, index, options, env, self) => {
    const token = tokens[index];
    if (token?.info.trim() !== "mermaid" || fence === undefined) {
      return fence?.(tokens, index, options, env, self) ?? "";
    }
    const before = tokens.slice(0, index).filter(({ info }) => info.trim() === "mermaid").length;
    const name = basename(env.relativePath, ".md");
    return `<img class="diagram" alt="diagram" src="./diagrams/${name}-${before + 1}.svg">\n`;
  };
}

function isRemoteImage(part: Token): boolean {
  return part.type === "image" && /^https?:/.test(part.attrGet("src") ?? "");
}

/** Returns the parts of a line without pictures from other hosts, and without links around them. */
function withoutBadges(parts: readonly Token[]): Token[] {
  const kept = parts.filter((part) => !isRemoteImage(part));
  const isEmptyLink = (part: Token | undefined, next: Token | undefined) =>
    part?.type === "link_open" && next?.type === "link_close";
  const rest = kept.filter(
    (part, index) => !isEmptyLink(part, kept[index + 1]) && !isEmptyLink(kept[index - 1], part),
  );
  return rest.some(({ content }) => content.trim() !== "") ? rest : [];
}

/** The longest text of a cell, in characters, with which a table stays a table on a phone. */
const LONGEST_CELL = 40;

/** Gives each cell the heading of its column, for style.css, if the table has sentences. */
function labelCells(table: readonly Token[]): void {
  const texts = table.filter(({ type }) => type === "inline");
  if (texts.every(({ content }) => content.length <= LONGEST_CELL)) {
    return;
  }
  table[0]?.attrJoin("class", "with-sentences");
  const columns = table.filter(({ type }) => type === "th_open").length;
  for (const [index, cell] of table.filter(({ type }) => type === "td_open").entries()) {
    cell.attrSet("data-heading", texts[index % columns]?.content ?? "");
  }
}

/** Returns the place of a link on the site. Throws for a file that does not exist. */
function resolveLink(href: string, page: string): string {
  if (/^[a-z]+:|^#|^\//.test(href)) {
    return href;
  }
  const [path = "", anchor] = href.split("#");
  const source = page === "index.md" ? "README.md" : page;
  const target = normalize(join(dirname(source), decodeURIComponent(path)));
  if (!existsSync(join(ROOT, target))) {
    throw new Error(`${source}: the link ${href} leads to no file`);
  }
  const place = PAGES.includes(target)
    ? `/${target === "README.md" ? "" : target}`
    : REPOSITORY + target;
  return anchor === undefined ? place : `${place}#${anchor}`;
}
