/** A conversation to take along: into the clipboard, or into a file. */
import { env, l10n, Uri, window, workspace } from 'vscode';
import { toJsonLines, toMarkdown } from './conversationText.ts';
import type { KeptConversation } from './keptSessions.ts';
import type { SessionHost } from './sessionHost.ts';

export async function copyConversation(host: SessionHost | undefined): Promise<void> {
  const conversation = await readOpen(host);
  if (!(await hasWords(conversation))) return;
  await env.clipboard.writeText(toMarkdown(conversation.messages, conversation.title));
  await window.showInformationMessage(l10n.t('Belay: the conversation is in the clipboard, as Markdown.'));
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
    title: l10n.t('Export the conversation'),
  });
  if (target === undefined) return;
  const text = target.path.endsWith('.jsonl') ? toJsonLines(messages) : toMarkdown(messages, title);
  try {
    await workspace.fs.writeFile(target, new TextEncoder().encode(text));
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    await window.showErrorMessage(
      l10n.t(
        'Belay: the conversation could not be written to {0}: {1} Choose another place and try again.',
        target.fsPath,
        why,
      ),
    );
    return;
  }
  const open = l10n.t('Open');
  const chosen = await window.showInformationMessage(
    l10n.t('Belay: the conversation is in {0}.', target.fsPath),
    open,
  );
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
  await window.showInformationMessage(l10n.t('Belay: nothing was said in this session yet.'));
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
