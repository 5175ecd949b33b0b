/** Opens a link of the conversation in the browser. Its text is the model's, so a person is shown where it leads. */
import { env, l10n, Uri, window } from 'vscode';
import { decideLink } from './decideLink.ts';

export async function openLink(href: string): Promise<void> {
  const link = decideLink(href);
  if (link.kind === 'refuse') {
    await window.showWarningMessage(`Belay does not open this link: ${link.reason}`);
    return;
  }
  if (link.kind === 'ask' && !(await isConfirmed(link.host, link.url))) return;
  await env.openExternal(Uri.parse(link.url, true));
}

async function isConfirmed(host: string, url: string): Promise<boolean> {
  const open = l10n.t('Open');
  const detail = `${l10n.t('The address is not what it may seem. In full:')}\n${url}`;
  const chosen = await window.showWarningMessage(
    l10n.t('Open a page on {0}?', host),
    { modal: true, detail },
    open,
  );
  return chosen === open;
}
