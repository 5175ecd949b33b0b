/** A conversation to take along: into the clipboard, or into a file. */
import { env, Uri, window, workspace } from 'vscode';
import { toJsonLines, toMarkdown } from './conversationText.ts';
import type { KeptConversation } from './keptSessions.ts';
import type { SessionHost } from './sessionHost.ts';

export async function copyConversation(host: SessionHost | undefined): Promise<void> {
  const conversation = await readOpen(host);
  if (!(await hasWords(conversation))) return;
  await env.clipboard.writeText(toMarkdown(conversation.messages, conversation.title));
  await window.showInformationMessage('Belay: the conversation is in the clipboard, as Markdown.');
}

/** As the name of the file says: JSON lines for `.jsonl`, else Markdown. */
export async function exportConversation(conversation: KeptConversation): Promise<void> {
  if (!(await hasWords(conversation))) return;
  const { title, messages } = conversation;
  const [folder] = workspace.workspaceFolders ?? [];
  const name = `${toFileName(title)}.md`;
  const target = await window.showSaveDialog({
    ...(folder === undefined ? {} : { defaultUri: Uri.joinPath(folder.uri, name) }),
    filters: { Markdown: ['md'], 'JSON lines': ['jsonl'] },
    title: 'Export the conversation',
  });
  if (target === undefined) return;
  const text = target.path.endsWith('.jsonl') ? toJsonLines(messages) : toMarkdown(messages, title);
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

/** The conversation that was looked at last. */
export async function readOpen(host: SessionHost | undefined): Promise<KeptConversation> {
  await host?.ready;
  return { title: host?.state.title ?? '', messages: host?.conversation.messages() ?? [] };
}

/** False: there are none, which has been said. */
async function hasWords({ messages }: KeptConversation): Promise<boolean> {
  if (messages.length > 0) return true;
  await window.showInformationMessage('Belay: nothing was said in this session yet.');
  return false;
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
