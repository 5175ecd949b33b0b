/** Where a session of the panel works. */
import { joinPath } from '../core/paths.ts';
import type { Workspace } from '../core/ports.ts';

export interface PanelWorkspace extends Workspace {
  /** False: there is no folder on this machine to work in, so tools would have nothing to work on. */
  readonly hasFolder: boolean;
}

/** With more folders to work in, seen from `cwd` where they are relative. Everything else stays as live as it is. */
export function withDirectories(workspace: PanelWorkspace, directories: readonly string[]): PanelWorkspace {
  const { home, platform, osDescription } = workspace;
  return {
    ...{ home, platform, osDescription },
    get cwd() {
      return workspace.cwd;
    },
    get roots() {
      const more = directories.map((folder) => joinPath(workspace.cwd, folder, platform));
      return [...new Set([...workspace.roots, ...more])];
    },
    get trusted() {
      return workspace.trusted;
    },
    get hasFolder() {
      return workspace.hasFolder;
    },
  };
}
