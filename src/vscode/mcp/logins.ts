/**
 * Logins at MCP servers: kept in the editor's secret storage, made in the browser, which comes back by an address of the editor's
 * own (`vscode://…`, or that of the workbench in a browser).
 */
import { type Disposable, type ExtensionContext, env, ProgressLocation, Uri, window } from 'vscode';
import type { LoginBrowser, LoginPorts, LoginStore, LoginVisit } from '../../core/mcp/serverLogin.ts';
import type { EditorLog } from '../log.ts';
import { createLoginReturns, encodeAgain, type LoginReturns } from './loginReturns.ts';

export interface Logins extends LoginPorts, Disposable {}

export function registerLogins(
  context: Pick<ExtensionContext, 'secrets' | 'extension'>,
  log: EditorLog,
): Logins {
  const returns = createLoginReturns();
  const handler = window.registerUriHandler({
    handleUri({ path, query }) {
      if (path === RETURN_PATH && returns.take(encodeAgain(query))) return;
      log.warn('an address of Belay was opened that nobody waits for', { path });
    },
  });
  return {
    store: createStore(context, log),
    browser: createBrowser(context, returns),
    dispose: () => handler.dispose(),
  };
}

const RETURN_PATH = '/mcp-login';

function createStore({ secrets }: Pick<ExtensionContext, 'secrets'>, log: EditorLog): LoginStore {
  const hide = (text: string): void => {
    for (const secret of findSecrets(text)) log.hide(secret);
  };
  return {
    async load(address) {
      const text = await secrets.get(toName(address));
      if (text !== undefined) hide(text);
      return text;
    },
    async save(address, text) {
      if (text === undefined) return secrets.delete(toName(address));
      hide(text);
      await secrets.store(toName(address), text);
    },
  };
}

function toName(address: string): string {
  return `mcp-login@${address}`;
}

/** All that might be one: whatever the fields are called. */
function findSecrets(text: string): readonly string[] {
  return [...text.matchAll(/(?:token|secret)"\s*:\s*"([^"]+)"/g)].flatMap(([, value]) => value ?? []);
}

function createBrowser(
  { extension }: Pick<ExtensionContext, 'extension'>,
  returns: LoginReturns,
): LoginBrowser {
  return {
    async returnAddress() {
      const own = Uri.parse(`${env.uriScheme}://${extension.id}${RETURN_PATH}`);
      return (await env.asExternalUri(own)).toString(true);
    },
    async visit(visit, signal) {
      signal.throwIfAborted();
      if (!(await askToOpen(visit))) return undefined;
      return window.withProgress(
        {
          location: ProgressLocation.Notification,
          cancellable: true,
          title: `Log in at the MCP server "${visit.serverName}" in your browser…`,
        },
        async (_progress, cancelled) => {
          const given = new AbortController();
          const listening = cancelled.onCancellationRequested(() => given.abort());
          const back = returns.wait(visit.state, AbortSignal.any([signal, given.signal]));
          try {
            const isOpen = await env.openExternal(Uri.parse(visit.page, true));
            if (!isOpen) given.abort();
            return await back;
          } finally {
            given.abort();
            listening.dispose();
            signal.throwIfAborted();
          }
        },
      );
    },
  };
}

/** The page is the server's choice, so a person sees where it is before anything is sent there. */
async function askToOpen({ serverName, page }: LoginVisit): Promise<boolean> {
  const open = 'Open Page';
  const chosen = await window.showInformationMessage(
    `Log in at the MCP server "${serverName}"?`,
    { modal: true, detail: `The page to log in is at ${new URL(page).host}. It opens in your browser.` },
    open,
  );
  return chosen === open;
}
