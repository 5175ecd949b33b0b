/** “Continue a Claude Code session”: which of this folder, and a copy of it to go on with. */
import { homedir } from 'node:os';
import { join } from 'node:path';
import { type QuickPickItem, window } from 'vscode';
import { importClaude } from '../core/sessions/importClaude.ts';
import { listClaude } from '../core/sessions/listClaude.ts';
import type { TranscriptStore } from '../core/sessions/transcriptStore.ts';
import { createTranscriptStore } from '../node/transcripts.ts';

export interface ContinueClaudeDeps {
  readonly transcripts: TranscriptStore;
  readonly cwd: string;
  /** In which `CLAUDE_CONFIG_DIR` may say where the program keeps its things. */
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** Resolves to the id of the copy; undefined: there is none, which has been said where a person has not decided it. */
export async function continueClaude(deps: ContinueClaudeDeps): Promise<string | undefined> {
  const { transcripts, cwd, environment } = deps;
  const configDir = environment.CLAUDE_CONFIG_DIR || join(homedir(), '.claude');
  // Of the store only what reads is used.
  const theirs = createTranscriptStore({ configDir, cwd });
  const sessions = await listClaude(theirs);
  if (sessions.length === 0) {
    await window.showInformationMessage(
      `Belay: there are no sessions of Claude Code for this folder in ${join(configDir, 'projects')}.`,
    );
    return undefined;
  }
  const picked = await window.showQuickPick(
    sessions.map(({ sessionId, title, lastModified, problem }): QuickPickItem & { readonly id: string } => ({
      label: title,
      description: new Date(lastModified).toLocaleString(),
      ...(problem === undefined ? {} : { detail: problem }),
      id: sessionId,
    })),
    {
      title: 'Belay: continue a Claude Code session',
      placeHolder: 'A copy is made; the session itself stays as it is',
      matchOnDescription: true,
    },
  );
  if (picked === undefined) return undefined;
  const source = await theirs.openToRead(picked.id);
  try {
    const copy = await importClaude({
      source,
      transcripts,
      clock: { now: Date.now },
      createId: () => crypto.randomUUID(),
    });
    if (copy === undefined)
      await window.showWarningMessage(`Belay: nothing that was said in “${picked.label}” could be read.`);
    return copy;
  } finally {
    await source.close();
  }
}
