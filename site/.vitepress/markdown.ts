/**
 * Changes to the Markdown for the site: links to files that are no pages lead to the repository,
 * and diagrams are the committed pictures.
 */
import { existsSync } from "node:fs";
import { basename, dirname, join, normalize } from "node:path";
import type { MarkdownOptions } from "vitepress";
import { PAGES, ROOT } from "./pages.ts";

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
