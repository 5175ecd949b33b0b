/** What a session stands on, on this editor: its documents before the disk, Node for all else. */
import { env } from 'vscode';
import type { FileSystem } from '../core/ports.ts';
import { ripgrepCandidates } from '../node/findRipgrep.ts';
import { createNodeParts, type NodeParts } from '../process/nodeParts.ts';
import { createDocumentFileSystem } from './documentFileSystem.ts';
import type { EditorLog } from './log.ts';
import type { EditorWorkspace } from './workspacePort.ts';

export interface EditorPorts extends NodeParts {
  readonly workspace: EditorWorkspace;
  /** The files as somebody at the editor sees them. */
  readonly files: FileSystem;
  /** The ripgrep that comes with the editor. */
  readonly ripgrepCandidates: readonly string[];
}

export interface EditorPortsOptions {
  readonly workspace: EditorWorkspace;
  readonly log: EditorLog;
  /** Belay's own folder in VS Code's global storage. */
  readonly storageRoot: string;
}

export function createEditorPorts({ workspace, log, storageRoot }: EditorPortsOptions): EditorPorts {
  const parts = createNodeParts({ workspace, environment: process.env, log, storageRoot });
  return {
    ...parts,
    workspace,
    files: createDocumentFileSystem(parts.disk),
    ripgrepCandidates: ripgrepCandidates(env.appRoot, workspace.platform, process.arch),
  };
}
