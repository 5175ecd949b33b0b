/** Where the agent works: the folders of this window, and what is wrong with them if something is. */
import { accessSync, constants } from 'node:fs';
import { homedir, release, type as systemName } from 'node:os';
import { type Uri, workspace } from 'vscode';
import type { Platform } from '../core/ports.ts';
import type { PanelWorkspace } from '../process/panelWorkspace.ts';

export interface EditorWorkspace extends PanelWorkspace {
  /** For a person; null when all is well. */
  readonly problem: string | null;
}

/** `emptyFolder`: an existing folder of ours, to stand in where no folder is open. Everything is read live. */
export function createWorkspacePort(emptyFolder: string): EditorWorkspace {
  return {
    get cwd() {
      return findFolders()[0] ?? emptyFolder;
    },
    get roots() {
      const folders = findFolders();
      return folders.length === 0 ? [emptyFolder] : folders;
    },
    get trusted() {
      return workspace.isTrusted;
    },
    get hasFolder() {
      return findFolders().length > 0;
    },
    get problem() {
      return findProblem();
    },
    home: homedir(),
    platform: toPlatform(process.platform),
    osDescription: `${systemName()} ${release()}`,
  };
}

/** Folders that are files on the machine this code runs on, which over SSH and in containers is the remote one. */
function findFolders(): readonly string[] {
  return listUris()
    .filter((uri) => uri.scheme === 'file')
    .map((uri) => uri.fsPath);
}

function findProblem(): string | null {
  const uris = listUris();
  if (uris.length === 0) {
    return 'No folder is open. Belay can talk, but has no files to work on. Open a folder to give it some.';
  }
  if (findFolders().length === 0) {
    return 'This folder is not on a disk that programs can reach, so Belay can read and change nothing in it.';
  }
  if (!workspace.isTrusted) {
    return 'You have not trusted this folder. Belay asks before everything, and nothing of the project’s configuration runs.';
  }
  if (findFolders().every(isReadOnly)) {
    return 'This folder is read-only. Belay can read it, but change nothing in it.';
  }
  return null;
}

function isReadOnly(folder: string): boolean {
  try {
    accessSync(folder, constants.W_OK);
    return false;
  } catch {
    return true;
  }
}

function listUris(): readonly Uri[] {
  return (workspace.workspaceFolders ?? []).map((folder) => folder.uri);
}

function toPlatform(platform: NodeJS.Platform): Platform {
  return platform === 'win32' || platform === 'darwin' ? platform : 'linux';
}
