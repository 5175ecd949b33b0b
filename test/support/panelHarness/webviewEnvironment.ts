/**
 * What VS Code puts into a webview before its content runs: `acquireVsCodeApi`, the theme, the default styles. Runs inside
 * the page, so it may use nothing from outside of itself.
 */
export interface EnvironmentOptions {
  readonly kind: string;
  readonly variables: Readonly<Record<string, string>>;
  /** Which background stands behind the webview. */
  readonly background: string;
  readonly state: unknown;
}

export function installEnvironment({ kind, variables, background, state }: EnvironmentOptions): void {
  const page = globalThis as unknown as {
    acquireVsCodeApi: () => unknown;
    belayPosted: (data: unknown) => void;
    belayState: unknown;
    belayViolations: string[];
  };
  page.belayState = state;
  page.belayViolations = [];
  page.acquireVsCodeApi = () => ({
    postMessage: (data: unknown) => page.belayPosted(data),
    getState: () => page.belayState,
    setState: (next: unknown) => {
      page.belayState = next;
    },
  });
  addEventListener('securitypolicyviolation', (event) => {
    page.belayViolations.push(
      `${event.effectiveDirective} ${event.blockedURI} ${event.sample} ${event.sourceFile}:${event.lineNumber}:${event.columnNumber}`,
    );
  });
  const style = new CSSStyleSheet();
  style.replaceSync(`@layer vscode-default {
    html { scrollbar-color: var(--vscode-scrollbarSlider-background) var(--vscode-editor-background); }
    body {
      overscroll-behavior-x: none; background-color: transparent; color: var(--vscode-editor-foreground);
      font-family: var(--vscode-font-family); font-weight: var(--vscode-font-weight); font-size: var(--vscode-font-size);
      margin: 0; padding: 0 20px;
    }
    img, video { max-width: 100%; max-height: 100%; }
    a, a code { color: var(--vscode-textLink-foreground); }
    a:focus, input:focus, select:focus, textarea:focus { outline: 1px solid -webkit-focus-ring-color; outline-offset: -1px; }
    code {
      font-family: var(--monaco-monospace-font); color: var(--vscode-textPreformat-foreground);
      background-color: var(--vscode-textPreformat-background); padding: 1px 3px; border-radius: 4px;
    }
    pre code { padding: 0; }
    blockquote { background: var(--vscode-textBlockQuote-background); border-color: var(--vscode-textBlockQuote-border); }
  }
  html { background: ${background}; }`);
  document.adoptedStyleSheets = [...document.adoptedStyleSheets, style];
  const apply = (): void => {
    for (const [name, value] of Object.entries(variables))
      document.documentElement.style.setProperty(name, value);
    document.body.className = kind;
    document.body.dataset.vscodeThemeKind = kind;
  };
  const whenThere = new MutationObserver(() => {
    if (document.body === null) return;
    whenThere.disconnect();
    apply();
  });
  whenThere.observe(document, { childList: true, subtree: true });
}
