/** The file a rule stands in, as short as a person knows it. */
import { homedir } from 'node:os';
import { workspace } from 'vscode';

/** Relative to the folder that is open, else to the home folder; empty: there is none. */
export function toShownFile(file: string | undefined): string {
  if (file === undefined) return '';
  const relative = workspace.asRelativePath(file);
  const home = homedir();
  const isInHome = relative === file && file.startsWith(home) && /^[\\/]/.test(file.slice(home.length));
  return isInHome ? `~${file.slice(home.length)}` : relative;
}
