import { escapeHtml } from "./escape-html.ts";
import { pageStyle } from "./page-script.ts";

/** How a page begins, up to its body: it loads nothing from anywhere, whatever a manifest says. */
export function pageHead(page: {
  readonly title: string;
  readonly isFine: boolean;
  /** What it may do beyond showing itself: directives of a Content-Security-Policy. */
  readonly allowed?: string;
}): string {
  const policy = `default-src 'none'; style-src 'unsafe-inline'${page.allowed ?? ""}`;
  return `<!doctype html>
<html lang="en" data-verdict="${page.isFine ? "fine" : "broken"}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<title>${escapeHtml(page.title)}</title>
<style>
${pageStyle()}</style>
</head>`;
}
