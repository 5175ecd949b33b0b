/** Keys: those a person gave us, kept in the editor's secret storage, else those of the environment. */
import { type Disposable, type ExtensionContext, window, workspace } from 'vscode';
import type { Secrets } from '../core/ports.ts';
import type { EditorLog } from './log.ts';

type SecretName = Parameters<Secrets['get']>[0];

const ENVIRONMENT: Readonly<Record<SecretName, string>> = {
  'anthropic-api-key': 'ANTHROPIC_API_KEY',
  'anthropic-auth-token': 'ANTHROPIC_AUTH_TOKEN',
};

export interface EditorSecrets extends Secrets {
  /** The keys for a server of the user's own: the one that was given for it, and never those for Anthropic. */
  ofServer(baseUrl: string): Secrets;
  /**
   * Asks for the key of a server (undefined: Anthropic's) and keeps it; an empty answer forgets the one that is kept.
   * False: the person gave up.
   */
  askApiKey(baseUrl: string | undefined): Promise<boolean>;
  onDidChange(listener: () => void): Disposable;
}

export function createSecrets(context: Pick<ExtensionContext, 'secrets'>, log: EditorLog): EditorSecrets {
  const read = async (name: string, fallback: string | undefined): Promise<string | undefined> => {
    const value = ((await context.secrets.get(name)) ?? fallback)?.trim();
    if (value === undefined || value === '') return undefined;
    log.hide(value);
    return value;
  };
  return {
    get: (name) => read(name, process.env[ENVIRONMENT[name]]),
    ofServer: (baseUrl) => ({
      get: async (name) => (name === 'anthropic-api-key' ? read(toName(baseUrl), undefined) : undefined),
    }),
    async askApiKey(baseUrl) {
      const entered = await window.showInputBox({
        title: baseUrl === undefined ? 'Belay: Anthropic API key' : `Belay: key for ${baseUrl}`,
        prompt: 'Kept in the secret storage of VS Code. Leave it empty to forget the key.',
        placeHolder: baseUrl === undefined ? 'sk-ant-…' : '',
        password: true,
        ignoreFocusOut: true,
        validateInput: findProblem,
      });
      if (entered === undefined) return false;
      const key = entered.trim();
      if (key === '') await context.secrets.delete(toName(baseUrl));
      else await context.secrets.store(toName(baseUrl), key);
      return true;
    },
    onDidChange: (listener) => context.secrets.onDidChange(() => listener()),
  };
}

/** undefined: Anthropic. A key belongs to a host: another path on it is no other server. */
function toName(baseUrl: string | undefined): string {
  if (baseUrl === undefined) return 'anthropic-api-key';
  return `api-key@${URL.canParse(baseUrl) ? new URL(baseUrl).origin : baseUrl}`;
}

/** The address of the user's own server where that is the provider; undefined: it is not. */
export function readOwnServer(): string | undefined {
  const settings = workspace.getConfiguration('belay');
  const baseUrl = settings.get('baseUrl', '');
  return settings.get('provider') === 'local' && baseUrl !== '' ? baseUrl : undefined;
}

function findProblem(entered: string): string | undefined {
  const key = entered.trim();
  if (key === '' || /^[\x21-\x7e]+$/.test(key)) return undefined;
  return 'A key has no blanks and only plain letters, digits and signs.';
}
