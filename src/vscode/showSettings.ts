/** Shows what has come into a settings file of the project since a person approved it: as a diff, in the editor itself. */
import { basename } from 'node:path';
import { commands, ViewColumn } from 'vscode';
import type { ResponseOf } from '../protocol/control.ts';
import type { EarlierTexts } from './earlierText.ts';
import type { SessionHost } from './sessionHost.ts';

export interface ShowSettingsDeps {
  readonly host: SessionHost;
  readonly earlierTexts: EarlierTexts;
  /** Beside the editor that has the focus: the panel itself stands there. */
  readonly beside: boolean;
}

/** Throws where nothing of the file waits. Both sides are texts of ours: what is shown is what is approved by its hash. */
export async function showSettings(
  file: string,
  { host, earlierTexts, beside }: ShowSettingsDeps,
): Promise<ResponseOf<'belay/settings_show'>> {
  const { hash, before, after } = await host.request('belay/settings_diff', { file });
  const left = earlierTexts.show({ path: file, since: `approved before ${hash}` }, before);
  const right = earlierTexts.show({ path: file, since: hash }, after);
  const viewColumn = beside ? ViewColumn.Beside : ViewColumn.Active;
  const title = `${basename(file)} (allowed ↔ now)`;
  await commands.executeCommand('vscode.diff', left, right, title, { preview: true, viewColumn });
  return { hash };
}
