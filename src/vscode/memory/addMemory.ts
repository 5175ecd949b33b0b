/** Writes a line into the memory file that a person chooses, through the editor's documents, so that unsaved text is kept. */
import { type TextDocument, Uri, WorkspaceEdit, window, workspace } from 'vscode';
import { FileError, type FileSystem } from '../../core/ports.ts';
import type { ResponseOf } from '../../protocol/control.ts';
import type { SessionHost } from '../sessionHost.ts';
import type { EditorWorkspace } from '../workspacePort.ts';
import { listMemoryPlaces, type MemoryPlace, toMemoryLine } from './memoryPlaces.ts';

export interface MemoryDeps {
  readonly workspace: EditorWorkspace;
  readonly files: Pick<FileSystem, 'stat'>;
  /** Absolute path of the folder with the user's own files. */
  readonly configDir: string;
}

type Answer = ResponseOf<'belay/memory_add'>;

const AS_MESSAGE = 'Send it as a message instead';

/** `typed`: with its number sign. The agent of the session is told, too: what it has been given at its start stays as it was. */
export async function addMemory(
  typed: string,
  host: Pick<SessionHost, 'request'>,
  deps: MemoryDeps,
): Promise<Answer> {
  const places = await listMemoryPlaces({
    workspace: deps.workspace,
    hasFolder: deps.workspace.hasFolder,
    configDir: deps.configDir,
    exists: async (path) => (await statSafely(deps.files, path)) === 'file',
  });
  const items = [...places, { label: AS_MESSAGE, detail: '', path: '' }];
  const picked = await window.showQuickPick(items, {
    title: 'Belay: where should this be remembered?',
    placeHolder: typed,
  });
  if (picked === undefined) return { outcome: 'cancelled' };
  if (picked.path === '') return { outcome: 'message' };
  const problem = await writeMemory(typed, picked);
  if (problem !== undefined) {
    void window.showErrorMessage(problem);
    return { outcome: 'failed', problem };
  }
  void offerToOpen(picked.path);
  const said = toMemoryLine(typed, '').trim();
  const notice = `The user has written this down in ${picked.path}. It counts from now on:\n${said}`;
  // A session that does not run reads the file when it starts.
  await host.request('belay/notice_add', { text: notice }).catch(() => undefined);
  return { outcome: 'added', path: picked.path };
}

/** Resolves with what went wrong, for a person; undefined: nothing. */
export async function writeMemory(
  typed: string,
  { path }: Pick<MemoryPlace, 'path'>,
): Promise<string | undefined> {
  const uri = Uri.file(path);
  try {
    const document = await openOrMake(uri);
    const wasDirty = document.isDirty;
    const edit = new WorkspaceEdit();
    edit.insert(
      uri,
      document.lineAt(document.lineCount - 1).range.end,
      toMemoryLine(typed, document.getText()),
    );
    if (!(await workspace.applyEdit(edit))) return `VS Code would not change ${path}. Nothing was written.`;
    // What somebody has typed there and not saved is theirs to save.
    if (wasDirty || (await document.save())) return undefined;
    return `The line stands in ${path}, but VS Code could not save the file.`;
  } catch (error) {
    return `${path} could not be written: ${error instanceof Error ? error.message : String(error)}`;
  }
}

async function offerToOpen(path: string): Promise<void> {
  const open = 'Open File';
  const chosen = await window.showInformationMessage(
    `Belay will remember this: ${path} has one more line.`,
    open,
  );
  if (chosen === open) await window.showTextDocument(Uri.file(path));
}

async function openOrMake(uri: Uri): Promise<TextDocument> {
  try {
    return await workspace.openTextDocument(uri);
  } catch (error) {
    const isThere = await workspace.fs.stat(uri).then(
      () => true,
      () => false,
    );
    if (isThere) throw error;
    await workspace.fs.writeFile(uri, new Uint8Array());
    return workspace.openTextDocument(uri);
  }
}

async function statSafely(files: MemoryDeps['files'], path: string): Promise<string | undefined> {
  try {
    return (await files.stat(path))?.kind;
  } catch (error) {
    if (error instanceof FileError) return undefined;
    throw error;
  }
}
