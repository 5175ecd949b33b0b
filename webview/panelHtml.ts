/**
 * The page the panel lives in. Pure and without DOM: the VS Code host calls it, and so does the page that hosts the panel
 * outside VS Code for tests.
 */
export interface PanelHtmlOptions {
  /** 128 bits of `crypto.randomBytes`, new for each page. */
  readonly nonce: string;
  /** `webview.cspSource`: where style sheets, fonts and images of the extension come from. */
  readonly cspSource: string;
  readonly scriptUri: string;
  readonly styleUri: string;
  /** codicon.css, with codicon.ttf beside it. */
  readonly codiconUri: string;
}

/**
 * `fast-html` is the one trusted-types policy: the control library's, for its own constant templates. Conversation
 * content never becomes HTML text, it is built as DOM nodes, so no other policy exists to be misused.
 */
export function buildContentSecurityPolicy({
  nonce,
  cspSource,
}: Pick<PanelHtmlOptions, 'nonce' | 'cspSource'>): string {
  return [
    `default-src 'none'`,
    `script-src 'nonce-${nonce}'`,
    `style-src ${cspSource} 'nonce-${nonce}'`,
    `img-src ${cspSource} data: blob:`,
    `font-src ${cspSource}`,
    `connect-src 'none'`,
    `frame-src 'none'`,
    `form-action 'none'`,
    `base-uri 'none'`,
    `require-trusted-types-for 'script'`,
    `trusted-types fast-html`,
  ].join('; ');
}

export function buildPanelHtml(options: PanelHtmlOptions): string {
  const attribute = (value: string): string => value.replace(/[&"<>]/g, (char) => `&#${char.charCodeAt(0)};`);
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${attribute(buildContentSecurityPolicy(options))}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="stylesheet" href="${attribute(options.codiconUri)}">
<link rel="stylesheet" href="${attribute(options.styleUri)}">
<title>Belay</title>
</head>
<body>
<div id="root"></div>
<script nonce="${attribute(options.nonce)}" src="${attribute(options.scriptUri)}"></script>
</body>
</html>`;
}
