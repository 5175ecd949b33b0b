/** Opens a link of the conversation in the browser. Its text is the model's, so a person is shown where it leads. */
import { env, Uri, window } from 'vscode';
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
  const chosen = await window.showWarningMessage(
    `Open a page on ${host}?`,
    { modal: true, detail: `The address is not what it may seem. In full:\n${url}` },
    'Open',
  );
  return chosen === 'Open';
}
