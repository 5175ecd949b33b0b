/**
 * The text a file had before the agent changed it, as the left side of a diff: read-only documents under a scheme of ours.
 * They are gone with the window; a diff that outlives it says so.
 */
import { type Disposable, Uri, workspace } from 'vscode';

export const EARLIER_SCHEME = 'belay-before';

/** Texts that are held at a time. */
const MAX_TEXTS = 500;

export interface EarlierTexts extends Disposable {
  /** The address under which this text is shown; the same file since the same message has the same address. */
  show(file: { readonly path: string; readonly since: string }, text: string): Uri;
}

export function registerEarlierTexts(): EarlierTexts {
  const texts = new Map<string, string>();
  const provider = workspace.registerTextDocumentContentProvider(EARLIER_SCHEME, {
    provideTextDocumentContent: (uri) =>
      texts.get(uri.toString()) ?? 'This earlier version is no longer held.\n',
  });
  return {
    show({ path, since }, text) {
      const uri = Uri.file(path).with({ scheme: EARLIER_SCHEME, query: since });
      const key = uri.toString();
      texts.delete(key);
      texts.set(key, text);
      const [oldest] = texts.keys();
      if (texts.size > MAX_TEXTS && oldest !== undefined) texts.delete(oldest);
      return uri;
    },
    dispose: () => provider.dispose(),
  };
}
