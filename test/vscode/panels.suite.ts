// The page a panel is loaded with, in a real webview.

import { strict as assert } from 'node:assert';
import { extensions, Uri, ViewColumn, type WebviewPanel, window } from 'vscode';
import { createTabSurface } from '../../src/vscode/panelSurface.ts';
import type { TestFunction } from './suite.ts';

export default function panelsSuite(test: TestFunction): void {
  test('the page may load its own files and nothing else', () =>
    withPanel((panel) => {
      const root = findRoot();
      createTabSurface(panel, root);
      const { webview } = panel;
      assert.deepEqual(
        { ...webview.options, localResourceRoots: webview.options.localResourceRoots?.map(String) },
        {
          enableScripts: true,
          enableForms: false,
          enableCommandUris: false,
          localResourceRoots: [String(Uri.joinPath(root, 'dist', 'webview'))],
        },
      );
      const policy = readPolicy(webview.html);
      assert.equal(policy['default-src'], "'none'");
      assert.equal(policy['connect-src'], "'none'");
      assert.equal(policy['require-trusted-types-for'], "'script'");
      assert.match(policy['script-src'] ?? '', /^'nonce-[\w+/=]{24}'$/);
      assert.ok(
        !/unsafe-|https?:/.test(
          (policy['script-src'] ?? '') + (policy['img-src'] ?? '').replace(webview.cspSource, ''),
        ),
      );
    }));

  test('every page has a nonce of its own', () =>
    withPanel((first) =>
      withPanel((second) => {
        createTabSurface(first, findRoot());
        createTabSurface(second, findRoot());
        assert.notEqual(
          readPolicy(first.webview.html)['script-src'],
          readPolicy(second.webview.html)['script-src'],
        );
      }),
    ));

  test('a page says that it is ready before anybody listens, and is heard', () =>
    withPanel(async (panel) => {
      const isPosted = new Promise((resolve) => panel.webview.onDidReceiveMessage(resolve));
      const surface = createTabSurface(panel, findRoot());
      await isPosted;
      const posted = await new Promise<unknown>((resolve) => surface.listen(resolve));
      assert.match(JSON.stringify(posted), /"belay":1.*belay\/panel_ready/);
    }));

  test('a tab has the title of its session, marked with what it does', () =>
    withPanel((panel) => {
      const surface = createTabSurface(panel, findRoot());
      surface.setTitle('Fix the parser');
      assert.equal(panel.title, 'Fix the parser');
      for (const [phase, mark] of [
        ['running', '▸'],
        ['needs_you', '●'],
        ['done', '✓'],
        ['failed', '✕'],
      ] as const) {
        surface.setMark({ phase, waiting: 0 });
        assert.equal(panel.title, `${mark} Fix the parser`);
      }
      surface.setMark({ phase: undefined, waiting: 0 });
      surface.setTitle('');
      assert.equal(panel.title, 'Belay');
    }));
}

function findRoot(): Uri {
  const extension = extensions.getExtension('belay.belay');
  assert.ok(extension);
  return extension.extensionUri;
}

async function withPanel(body: (panel: WebviewPanel) => void | Promise<void>): Promise<void> {
  const panel = window.createWebviewPanel('belay.test', 'Test', ViewColumn.Active);
  try {
    await body(panel);
  } finally {
    panel.dispose();
  }
}

function readPolicy(html: string): Record<string, string> {
  const content = /Content-Security-Policy" content="([^"]*)"/.exec(html)?.[1] ?? '';
  return Object.fromEntries(
    content.split('; ').map((directive) => {
      const [name = '', ...values] = directive.split(' ');
      return [name, values.join(' ')];
    }),
  );
}
