/**
 * Transcripts on the disk, where the Agent SDK's session functions look for them: one JSONL file per session under
 * `projects/<cwd>/` of the configuration folder. The lock lies beside the file.
 */
import { mkdir, open, readdir, realpath, stat } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { FileError } from '../core/ports.ts';
import type { TranscriptEntry, TranscriptFile, TranscriptStore } from '../core/sessions/transcriptStore.ts';
import { withFileErrors } from './fileErrors.ts';
import { isMissing } from './fileOperations.ts';
import { isLocked, takeLock } from './processLock.ts';
import { createTranscriptReader } from './transcriptReader.ts';
import { bringBack, listTrashedIds, moveToTrash, TRASH } from './transcriptTrash.ts';
import { createTranscriptWriter } from './transcriptWriter.ts';

export interface TranscriptOptions {
  readonly configDir: string;
  readonly cwd: string;
}

const extension = '.jsonl';

export function createTranscriptStore(options: TranscriptOptions): TranscriptStore {
  const folder = findFolder(options);
  const trash = (project: string): string => join(options.configDir, TRASH, basename(project));
  const locate = async (sessionId: string): Promise<string> => join(await folder, toFileName(sessionId));
  return {
    open: async (sessionId) => openTranscript(await locate(sessionId)),
    openToRead: async (sessionId) => createTranscriptReader(await locate(sessionId)),
    list: async () => listTranscripts(await folder),
    remove: async (sessionId) => moveToTrash(await locate(sessionId), trash(await folder)),
    restore: async (sessionId) => bringBack(await locate(sessionId), trash(await folder)),
    listAllIds: async () => {
      const kept = await listAllIds(join(options.configDir, 'projects'));
      return new Set([...kept, ...(await listTrashedIds(join(options.configDir, TRASH)))]);
    },
    peek: async (sessionId, bytes) => peek(await locate(sessionId), bytes),
  };
}

/** The SDK names the folder after the real path of the working directory, in NFC on macOS. */
async function findFolder(options: TranscriptOptions): Promise<string> {
  const cwd = resolve(options.cwd);
  const real = await realpath(cwd).catch(() => cwd);
  return join(
    options.configDir,
    'projects',
    toProjectName(process.platform === 'darwin' ? real.normalize('NFC') : real),
  );
}

const maxNameLength = 200;

/** As the SDK does it: every character but letters and digits becomes a hyphen; a long name is cut and a hash added. */
export function toProjectName(cwd: string): string {
  const name = cwd.replace(/[^a-zA-Z0-9]/g, '-');
  if (name.length <= maxNameLength) return name;
  let hash = 0;
  for (let index = 0; index < cwd.length; index += 1) hash = ((hash << 5) - hash + cwd.charCodeAt(index)) | 0;
  return `${name.slice(0, maxNameLength)}-${Math.abs(hash).toString(36)}`;
}

function toFileName(sessionId: string): string {
  if (/^[A-Za-z0-9_-]{1,128}$/.test(sessionId)) return sessionId + extension;
  throw new FileError('EINVAL', sessionId, `Not the id of a session: ${JSON.stringify(sessionId)}`);
}

async function openTranscript(path: string): Promise<TranscriptFile & { readonly readOnly: boolean }> {
  return withFileErrors(path, async () => {
    await mkdir(join(path, '..'), { recursive: true, mode: 0o700 });
    const lock = await takeLock(`${path}.lock`);
    const reader = createTranscriptReader(path);
    const writer = lock === undefined ? undefined : createTranscriptWriter(path);
    const refuse = (): never => {
      throw new FileError('EBUSY', path, 'This session is open in another window, which writes it.');
    };
    return {
      path,
      readOnly: lock === undefined,
      read: reader.read,
      append: (lines) => withFileErrors(path, async () => (writer ?? refuse()).append(lines)),
      // What looks torn to a reader may be a line that the writing process has not finished.
      quarantine: (lines) =>
        withFileErrors(path, async () => {
          await reader.reopen();
          return (await writer?.quarantine(lines)) ?? { news: 0, removed: false };
        }),
      close: () =>
        withFileErrors(path, async () => {
          await reader.close();
          await writer?.close();
          await lock?.release();
        }),
    };
  });
}

async function listTranscripts(folder: string): Promise<readonly TranscriptEntry[]> {
  const names = await readdir(folder).catch((error: unknown): string[] => {
    if (isMissing(error)) return [];
    throw error;
  });
  const others = new Set(names);
  const entries = await Promise.all(
    names
      .filter((name) => name.endsWith(extension))
      .map((name) => toEntry(folder, name, others.has(`${name}.lock`))),
  );
  return entries.filter((entry) => entry !== undefined).sort((a, b) => b.lastModified - a.lastModified);
}

async function listAllIds(projects: string): Promise<ReadonlySet<string>> {
  const folders = await readdir(projects, { withFileTypes: true }).catch((error: unknown) => {
    if (isMissing(error)) return [];
    throw error;
  });
  const ids = new Set<string>();
  for (const folder of folders.filter((entry) => entry.isDirectory() || entry.isSymbolicLink())) {
    const names = await readdir(join(projects, folder.name)).catch((error: unknown) => {
      if (isMissing(error)) return [];
      throw error;
    });
    for (const name of names) if (name.endsWith(extension)) ids.add(name.slice(0, -extension.length));
  }
  return ids;
}

async function toEntry(
  folder: string,
  name: string,
  mayBeHeld: boolean,
): Promise<TranscriptEntry | undefined> {
  const stats = await stat(join(folder, name)).catch(() => undefined);
  if (stats === undefined || !stats.isFile()) return undefined;
  const isHeld = mayBeHeld && (await isLocked(join(folder, `${name}.lock`)));
  return {
    sessionId: name.slice(0, -extension.length),
    lastModified: stats.mtimeMs,
    fileSize: stats.size,
    ...(isHeld ? { isHeld } : {}),
  };
}

async function peek(
  path: string,
  length: number,
): Promise<{ readonly head: Uint8Array; readonly tail: Uint8Array }> {
  return withFileErrors(path, async () => {
    const handle = await open(path, 'r');
    try {
      const { size } = await handle.stat();
      const wanted = Math.min(length, size);
      const head = new Uint8Array(wanted);
      const tail = new Uint8Array(wanted);
      const { bytesRead: headRead } = await handle.read(head, 0, wanted, 0);
      const { bytesRead: tailRead } = await handle.read(tail, 0, wanted, size - wanted);
      return { head: head.subarray(0, headRead), tail: tail.subarray(0, tailRead) };
    } finally {
      await handle.close();
    }
  });
}
