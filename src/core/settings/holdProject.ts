/** Holds the files of a trusted project against what a person has approved of them, and keeps the record up to date. */
import { sha256Hex } from '../loop/digest.ts';
import type { Approvals } from './approvals.ts';
import { listEditorServers } from './editorServers.ts';
import { type HeldBack, holdBackServers, holdBackSettings } from './holdBack.ts';
import { parseSettings, SettingsError, type SettingsFile } from './settingsFile.ts';

/** A file of the project that a person has not seen as it is now. */
export interface PendingFile {
  readonly file: string;
  /** SHA-256 (hex) of `after`, as UTF-8. */
  readonly hash: string;
  /** What is not in force, in words. */
  readonly waiting: readonly string[];
  /** What was approved, and what stands there; empty: nothing. */
  readonly before: string;
  readonly after: string;
}

/** A settings file of the project. */
export interface ProjectFile {
  readonly path: string;
  /** Of a broken one: when it was last understood. Empty: it isn't there. */
  readonly text: string;
  readonly content: SettingsFile;
  readonly isBroken: boolean;
}

export interface ProjectNow {
  readonly files: readonly ProjectFile[];
  /** `.mcp.json`; absent: it has no say. */
  readonly servers: { readonly path: string; readonly text: string } | undefined;
  /** `.vscode/mcp.json`; the same. */
  readonly editorServers: { readonly path: string; readonly text: string } | undefined;
}

export interface HeldProject {
  /** By path, as far as they count. */
  readonly files: ReadonlyMap<string, Pick<ProjectFile, 'text' | 'content'>>;
  /** Empty: none count. */
  readonly servers: string;
  readonly editorServers: string;
  readonly pending: readonly PendingFile[];
}

/** `approvesNow`: a person has said so just now. So they have where nothing was ever approved: with the folder's trust. */
export async function holdProject(
  { files, servers, editorServers }: ProjectNow,
  approvals: Approvals,
  approvesNow: boolean,
): Promise<HeldProject> {
  const kept = await approvals.read();
  const isApproving = kept === undefined || approvesNow;
  const approved = new Map(isApproving ? [] : kept);
  const pending: PendingFile[] = [];
  let isChanged = isApproving;

  async function hold<Content>(path: string, text: string, compare: Compare<Content>): Promise<Content> {
    const former = approved.get(path) ?? '';
    const { inForce, waiting } = await compare(isApproving ? text : former);
    if (waiting.length > 0)
      pending.push(await toPending({ file: path, before: former, after: text }, waiting));
    else if (former !== text) {
      approved.set(path, text);
      isChanged = true;
    }
    return inForce;
  }

  const held = new Map<string, Pick<ProjectFile, 'text' | 'content'>>();
  for (const { path, text, content, isBroken } of files) {
    const former = approved.get(path) ?? '';
    const compare: Compare<SettingsFile> = (seen) => holdBackSettings(content, parseApproved(seen));
    // What is broken is nobody's to approve.
    const inForce = isBroken ? (await compare(former)).inForce : await hold(path, text, compare);
    // A file that is gone is still the one to name for a rule of its that counts.
    held.set(path, { content: inForce, text: text === '' ? former : text });
  }
  const ofServers =
    servers === undefined
      ? ''
      : await hold(servers.path, servers.text, (seen) => holdBackServers(servers.text, seen));
  const ofEditor =
    editorServers === undefined
      ? ''
      : await hold(editorServers.path, editorServers.text, (seen) =>
          holdBackServers(editorServers.text, seen, listEditorServers),
        );
  if (isChanged) await approvals.write(approved);
  return { files: held, servers: ofServers, editorServers: ofEditor, pending };
}

type Compare<Content> = (approved: string) => Promise<HeldBack<Content>>;

/** What was approved was understood then; where it no longer is, it approves nothing. */
function parseApproved(text: string): SettingsFile {
  try {
    return parseSettings(text, 'what was approved');
  } catch (error) {
    if (error instanceof SettingsError) return {};
    throw error;
  }
}

async function toPending(
  { file, before, after }: Pick<PendingFile, 'file' | 'before' | 'after'>,
  waiting: readonly string[],
): Promise<PendingFile> {
  return { file, hash: await sha256Hex(new TextEncoder().encode(after)), waiting, before, after };
}
