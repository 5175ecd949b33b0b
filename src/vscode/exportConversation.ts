/** The conversation that was looked at last, to take along: into the clipboard, or into a file. */
import { env, Uri, window, workspace } from 'vscode';
import { toJsonLines, toMarkdown } from './conversationText.ts';
import type { SessionHost } from './sessionHost.ts';

export async function copyConversation(host: SessionHost | undefined): Promise<void> {
  const messages = await readMessages(host);
  if (messages === undefined) return;
  await env.clipboard.writeText(toMarkdown(messages, host?.state.title ?? ''));
  await window.showInformationMessage('Belay: the conversation is in the clipboard, as Markdown.');
}

/** As the name of the file says: JSON lines for `.jsonl`, else Markdown. */
export async function exportConversation(host: SessionHost | undefined): Promise<void> {
  const messages = await readMessages(host);
  if (host === undefined || messages === undefined) return;
  const [folder] = workspace.workspaceFolders ?? [];
  const name = `${toFileName(host.state.title)}.md`;
  const target = await window.showSaveDialog({
    ...(folder === undefined ? {} : { defaultUri: Uri.joinPath(folder.uri, name) }),
    filters: { Markdown: ['md'], 'JSON lines': ['jsonl'] },
    title: 'Export the conversation',
  });
  if (target === undefined) return;
  const text = target.path.endsWith('.jsonl')
    ? toJsonLines(messages)
    : toMarkdown(messages, host.state.title);
  try {
    await workspace.fs.writeFile(target, new TextEncoder().encode(text));
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    await window.showErrorMessage(
      `Belay: the conversation could not be written to ${target.fsPath}: ${why} Choose another place and try again.`,
    );
    return;
  }
  const open = 'Open';
  const chosen = await window.showInformationMessage(`Belay: the conversation is in ${target.fsPath}.`, open);
  if (chosen === open) await window.showTextDocument(target);
}

/** undefined: there is none, which has been said. */
async function readMessages(host: SessionHost | undefined) {
  await host?.ready;
  const messages = host?.conversation.messages() ?? [];
  if (messages.length > 0) return messages;
  await window.showInformationMessage('Belay: nothing was said in this session yet.');
  return undefined;
}

/** A name that every system takes. */
function toFileName(title: string): string {
  const plain = title
    .replace(/[^\p{L}\p{N} _-]+/gu, ' ')
    .replace(/\s+/g, ' ')
    .trim()
    .slice(0, 60);
  return plain === '' ? 'conversation' : plain;
}
