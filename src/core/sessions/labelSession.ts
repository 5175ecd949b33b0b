/** A title or a tag for a session that nobody has open, in the words of the Agent SDK's functions on sessions. */
import type { TranscriptStore } from './transcriptStore.ts';

/** `tag` empty: it has none. */
export type SessionLabel = { readonly customTitle: string } | { readonly tag: string };

/** False: another process writes the session. */
export async function labelSession(
  store: Pick<TranscriptStore, 'open'>,
  sessionId: string,
  label: SessionLabel,
): Promise<boolean> {
  const file = await store.open(sessionId);
  try {
    if (file.readOnly) return false;
    const type = 'tag' in label ? 'tag' : 'custom-title';
    await file.append([JSON.stringify({ type, ...label, sessionId })]);
    return true;
  } finally {
    await file.close();
  }
}
