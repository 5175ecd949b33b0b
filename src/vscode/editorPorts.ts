/** What a session stands on, on this editor: its documents before the disk, Node for all else. */
import { env } from 'vscode';
import type { LoginPorts } from '../core/mcp/serverLogin.ts';
import type { FileSystem } from '../core/ports.ts';
import { ripgrepCandidates } from '../node/findRipgrep.ts';
import { createNodeParts, type NodeParts } from '../process/nodeParts.ts';
import type { SessionParts } from '../process/openSession.ts';
import { createFileNews, type WatchedFileNews } from './context/fileNews.ts';
import { createEditorDiagnostics, type EditorDiagnostics } from './diagnostics/editorDiagnostics.ts';
import { createDocumentFileSystem } from './documentFileSystem.ts';
import { createEditorLanguageFeatures } from './languageFeatures/editorLanguageFeatures.ts';
import type { EditorLog } from './log.ts';
import { type UserSaves, watchUserSaves } from './userSaves.ts';
import type { EditorWorkspace } from './workspacePort.ts';

export interface EditorPorts extends NodeParts {
  readonly workspace: EditorWorkspace;
  /** The files as somebody at the editor sees them. */
  readonly files: FileSystem;
  /** The ripgrep that comes with the editor. */
  readonly ripgrepCandidates: readonly string[];
  /** To dispose of. */
  readonly userSaves: UserSaves;
  /** To dispose of. */
  readonly diagnostics: EditorDiagnostics;
  /** To dispose of. */
  readonly fileNews: WatchedFileNews;
  readonly languageFeatures: SessionParts['languageFeatures'];
  readonly savesSince: SessionParts['savesSince'];
  readonly login: LoginPorts;
}

export interface EditorPortsOptions {
  readonly workspace: EditorWorkspace;
  readonly log: EditorLog;
  /** Belay's own folder in VS Code's global storage. */
  readonly storageRoot: string;
  readonly login: LoginPorts;
}

export function createEditorPorts({ workspace, log, storageRoot, login }: EditorPortsOptions): EditorPorts {
  const parts = createNodeParts({ workspace, environment: process.env, log, storageRoot });
  const userSaves = watchUserSaves();
  const diagnostics = createEditorDiagnostics(parts.clock);
  return {
    ...parts,
    ...{ workspace, userSaves, login },
    diagnostics,
    fileNews: createFileNews(),
    languageFeatures: createEditorLanguageFeatures({ clock: parts.clock, diagnostics }),
    savesSince: async (number) => userSaves.since(number),
    files: createDocumentFileSystem(parts.disk, userSaves),
    ripgrepCandidates: ripgrepCandidates(env.appRoot, workspace.platform, process.arch),
  };
}
