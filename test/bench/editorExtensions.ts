// What is installed in the editor of a bench: Belay as people get it, and beside it the emptiest extension with a webview,
// whose figures are VS Code's own share.

import { mkdir, readdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { packageExtension } from '../../scripts/packageExtension.mjs';
import { runQuietly } from '../../scripts/vscode/command.mts';
import { installExtension } from '../../scripts/vscode/server.mts';

/** An extension with a chat view that a key opens. */
export interface Measured {
  readonly id: string;
  /** As Playwright presses it. */
  readonly openKey: string;
}

export const belay: Measured = { id: 'belay.belay', openKey: 'Control+Shift+Alt+B' };
export const bare: Measured = { id: 'bench.bare', openKey: 'Control+Shift+Alt+J' };

/** Packs Belay (or takes the package that BELAY_VSIX names) and installs it. Resolves to its folder. */
export async function installBelay(work: string, extensionsDir: string): Promise<string> {
  const vsix = process.env.BELAY_VSIX ?? join(work, 'belay.vsix');
  if (process.env.BELAY_VSIX === undefined) await packageExtension(vsix);
  await installExtension(vsix, extensionsDir);
  const folder = (await readdir(extensionsDir)).find((name) => name.startsWith(`${belay.id}-`));
  if (folder === undefined) throw new Error(`Belay is not in ${extensionsDir}.`);
  return join(extensionsDir, folder);
}

/** Packs and installs the empty one: its page asks its host once, as Belay's does, and then takes text. */
export async function installBare(work: string, extensionsDir: string): Promise<void> {
  const source = join(work, 'bare');
  await mkdir(source, { recursive: true });
  await writeFile(join(source, 'package.json'), JSON.stringify(bareManifest));
  await writeFile(join(source, 'extension.js'), bareHost);
  await writeFile(join(source, 'page.js'), barePage);
  const args = ['package', '--no-dependencies', '--allow-missing-repository', '--skip-license'];
  const { code, output } = await runQuietly('vsce', [...args, '--out', 'bare.vsix'], { cwd: source });
  if (code !== 0) throw new Error(`vsce could not pack the empty extension:\n${output}`);
  await installExtension(join(source, 'bare.vsix'), extensionsDir);
}

/** The bytes of each script of the installed extension, by its path in `dist`. */
export async function readScriptSizes(extension: string): Promise<ReadonlyMap<string, number>> {
  const dist = join(extension, 'dist');
  const names = await readdir(dist, { recursive: true });
  const scripts = names.filter((name) => /\.c?js$/.test(name)).sort();
  const sizes = scripts.map(async (name) => [name, (await stat(join(dist, name))).size] as const);
  return new Map(await Promise.all(sizes));
}

const bareManifest = {
  name: 'bare',
  publisher: 'bench',
  version: '0.0.1',
  engines: { vscode: '^1.100.0' },
  main: './extension.js',
  files: ['*.js'],
  activationEvents: [],
  contributes: {
    viewsContainers: { activitybar: [{ id: 'bare', title: 'Bare', icon: '$(circle)' }] },
    views: { bare: [{ id: 'bare.view', type: 'webview', name: 'Bare' }] },
    commands: [{ command: 'bare.open', title: 'Bare: Open' }],
    keybindings: [{ command: 'bare.open', key: 'ctrl+shift+alt+j' }],
  },
};

const bareHost = `const { commands, Uri, window } = require('vscode');
exports.activate = ({ extensionUri, subscriptions }) => {
  const provider = {
    resolveWebviewView({ webview }) {
      const script = webview.asWebviewUri(Uri.joinPath(extensionUri, 'page.js'));
      webview.options = { enableScripts: true, localResourceRoots: [extensionUri] };
      webview.onDidReceiveMessage(() => webview.postMessage('ready'));
      webview.html = \`<!DOCTYPE html><html><body>
        <textarea aria-label="Message Belay" disabled></textarea>
        <script src="\${script}"></script>
      </body></html>\`;
    },
  };
  subscriptions.push(
    window.registerWebviewViewProvider('bare.view', provider),
    commands.registerCommand('bare.open', () => commands.executeCommand('bare.view.focus')),
  );
};
`;

const barePage = `addEventListener('message', () => (document.querySelector('textarea').disabled = false));
acquireVsCodeApi().postMessage('ready');
`;
