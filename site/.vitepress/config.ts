/**
 * The web site, made of the Markdown in the repository. `scripts/site` builds it.
 */
import { createHash } from "node:crypto";
import { defineConfig } from "vitepress";
import { adaptMarkdown } from "./markdown.ts";
import { menu } from "./pages.ts";

export default defineConfig({
  title: "tlslp",
  description: "Make submissions to a server cost processor time",
  lang: "en",
  base: "/tlslp/",
  // Without an icon a browser asks the host for one.
  head: [["link", { rel: "icon", href: "data:," }]],
  srcDir: "..",
  outDir: "../build/site",
  cacheDir: "../build/vitepress",
  // Notes of other folders are no pages.
  srcExclude: ["!(docs)/*", "!(docs)/**/*"],
  rewrites: { "README.md": "index.md" },
  cleanUrls: true,
  // adaptMarkdown refuses links to files that do not exist, and a test follows all links.
  ignoreDeadLinks: true,
  // The list of files that pages load is a file too, not a script in each page.
  metaChunk: true,
  markdown: { config: adaptMarkdown, theme: { light: "github-light", dark: "github-dark" } },
  themeConfig: {
    search: { provider: "local" },
    sidebar: menu(),
    outline: [2, 3],
    nav: [
      { text: "TypeScript", link: "/api/typescript/index.html", target: "_self" },
      { text: "C", link: "/api/c/index.html", target: "_self" },
    ],
    socialLinks: [{ icon: "github", link: "https://github.com/tlslp/tlslp" }],
  },
  transformHtml: (html) => html.replace("<head>", `<head>\n${contentPolicy(html)}`),
});

/**
 * Returns a policy that allows nothing from elsewhere, and of inline scripts only the page's. Where
 * headers can be chosen, it should be one, with "frame-ancestors 'none'" added.
 */
function contentPolicy(html: string): string {
  const scripts = [...html.matchAll(/<script(?![^>]*\bsrc=)[^>]*>(.*?)<\/script>/gs)];
  const hashes = scripts.map(([, code = ""]) => {
    return `'sha256-${createHash("sha256").update(code).digest("base64")}'`;
  });
  const policy = [
    "default-src 'self'",
    `script-src 'self' ${[...new Set(hashes)].join(" ")}`,
    // The style with which VitePress changes colours at once, see disableTransition of VueUse.
    "style-src 'self' 'sha256-skqujXORqzxt1aE0NNXxujEanPTX6raoqSscTV/Ww/Y='",
    // The colours of code are attributes.
    "style-src-attr 'unsafe-inline'",
    "img-src 'self' data:",
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'none'",
  ];
  return `<meta http-equiv="Content-Security-Policy" content="${policy.join("; ")}">`;
}
