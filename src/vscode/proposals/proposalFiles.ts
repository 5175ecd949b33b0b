/**
 * The two documents of a proposal, in memory: left the file as it is, which can't be written, right the proposal, which is a
 * document like any other. They are gone with the window: what nobody has answered by then is asked again, or not at all.
 */
import {
  Disposable,
  EventEmitter,
  type FileChangeEvent,
  FileChangeType,
  FilePermission,
  type FileStat,
  FileSystemError,
  type FileSystemProvider,
  FileType,
  TabInputText,
  TabInputTextDiff,
  Uri,
  window,
  workspace,
} from 'vscode';

export const PROPOSAL_SCHEME = 'belay-proposal';

export type Side = 'left' | 'right';

export interface ProposalFiles extends Disposable {
  /** The address of a side; each proposal has an id of its own, so that no document of an earlier one is met again. */
  toUri(side: Side, path: string, id: string): Uri;
  /** undefined: there is none (any more). */
  read(uri: Uri): string | undefined;
  /** An editor that shows it follows, unless it has unsaved changes. */
  replace(uri: Uri, text: string): void;
  /** Takes over what stands in an editor that has not been saved, without telling the editor. */
  keep(uri: Uri, text: string): void;
  /** Whether nobody can write it for now. */
  lock(uri: Uri, isLocked: boolean): void;
  remove(uri: Uri): void;
}

interface Held {
  text: string;
  changed: number;
  isLocked: boolean;
}

/** With it a document is read as UTF-8 whatever the user's settings say of files. */
const MARK = '\uFEFF';

/** `scheme`: another one where this one is taken, as it is beside an extension that is active. */
export function registerProposalFiles(scheme: string = PROPOSAL_SCHEME): ProposalFiles {
  const held = new Map<string, Held>();
  const changes = new EventEmitter<FileChangeEvent[]>();
  let clock = Date.now();
  const find = (uri: Uri): Held => {
    const found = held.get(uri.toString());
    if (found === undefined) throw FileSystemError.FileNotFound(uri);
    return found;
  };
  const write = (uri: Uri, text: string): void => {
    clock = Math.max(clock + 1, Date.now());
    const isLocked = held.get(uri.toString())?.isLocked ?? isSide(uri, 'left');
    held.set(uri.toString(), { text, changed: clock, isLocked });
  };
  const provider: FileSystemProvider = {
    onDidChangeFile: changes.event,
    watch: () => new Disposable(() => undefined),
    stat: (uri): FileStat => {
      const { text, changed, isLocked } = find(uri);
      const size = toBytes(text).length;
      const stat = { type: FileType.File, ctime: 0, mtime: changed, size };
      return isLocked ? { ...stat, permissions: FilePermission.Readonly } : stat;
    },
    readFile: (uri) => toBytes(find(uri).text),
    writeFile: (uri, content) => {
      if (find(uri).isLocked) throw FileSystemError.NoPermissions(uri);
      write(uri, Buffer.from(content).toString('utf8').replace(MARK, ''));
    },
    readDirectory: () => [],
    createDirectory: refuse,
    delete: refuse,
    rename: refuse,
  };
  const registration = workspace.registerFileSystemProvider(scheme, provider, {
    isCaseSensitive: true,
  });
  void closeTabs((uri) => uri.scheme === scheme);
  return {
    toUri: (side, path, id) => Uri.file(path).with({ scheme, authority: side, query: id }),
    read: (uri) => held.get(uri.toString())?.text,
    replace(uri, text) {
      write(uri, text);
      changes.fire([{ type: FileChangeType.Changed, uri }]);
    },
    keep(uri, text) {
      const found = held.get(uri.toString());
      if (found !== undefined) found.text = text;
    },
    lock(uri, isLocked) {
      find(uri).isLocked = isLocked;
    },
    remove: (uri) => void held.delete(uri.toString()),
    dispose: () => Disposable.from(registration, changes).dispose(),
  };
}

function toBytes(text: string): Buffer {
  const settings = workspace.getConfiguration('files');
  const isPlain = settings.get('encoding') === 'utf8' && settings.get('autoGuessEncoding') !== true;
  return Buffer.from(isPlain ? text : MARK + text);
}

export function isSide(uri: Uri, side: Side): boolean {
  return uri.scheme.startsWith(PROPOSAL_SCHEME) && uri.authority === side;
}

/** Closes the tabs in which such a document stands alone or on the right. Unsaved changes are saved, so that nobody is asked. */
export async function closeTabs(isMeant: (uri: Uri) => boolean): Promise<void> {
  const tabs = window.tabGroups.all
    .flatMap((group) => group.tabs)
    .filter((tab) => {
      const uri = toShownUri(tab.input);
      return uri !== undefined && isMeant(uri);
    });
  if (tabs.length === 0) return;
  const dirty = workspace.textDocuments.filter((document) => document.isDirty && isMeant(document.uri));
  await Promise.all(dirty.map((document) => document.save()));
  await window.tabGroups.close(tabs, true);
}

/** The document a person works on in such a tab. */
export function toShownUri(input: unknown): Uri | undefined {
  if (input instanceof TabInputTextDiff) return input.modified;
  return input instanceof TabInputText ? input.uri : undefined;
}

function refuse(uri: Uri): never {
  throw FileSystemError.NoPermissions(uri);
}
