/** What the tools that change files have in common: the file must be as the model saw it, and what stands there afterwards is remembered. */
import { toModelText } from './lineEnds.ts';
import { describeChange, isAsSeen, toSeenFile } from './seenFile.ts';
import { buildPatch, formatPatch } from './structuredPatch.ts';
import { decodeText } from './textEncoding.ts';
import type { ToolContext } from './tool.ts';
import { displayPath } from './toolPath.ts';

/** Larger files are beyond what an edit tool is for. Bytes. */
export const maxChangedBytes = 20 * 1024 * 1024;

/** Characters of a formatter's changes shown to the model. */
const maxShownChange = 4000;

export type Loaded =
  | { readonly kind: 'loaded'; readonly bytes: Uint8Array }
  | { readonly kind: 'absent' }
  | { readonly kind: 'refused'; readonly reason: string };

/**
 * The bytes of a file the model wants to change. Refused when it hasn't read the file, or the file has changed since.
 * `showChange`: the refusal may show the lines that differ (the call declares that it reads). `isMerged`: a person has agreed to
 * the change as it is on what stands there now, which the caller checks.
 */
export async function loadForChange(
  path: string,
  context: Pick<ToolContext, 'files' | 'readState' | 'signal' | 'workspace'>,
  { showChange, isMerged = false }: { readonly showChange: boolean; readonly isMerged?: boolean },
): Promise<Loaded> {
  const name = displayPath(path, context.workspace);
  const stat = await context.files.stat(path);
  if (stat === undefined) return { kind: 'absent' };
  if (stat.kind === 'directory') return refuse(`${name} is a folder, not a file.`);
  if (stat.kind !== 'file') return refuse(`${name} is a pipe, a socket or a device, not a file.`);
  if (stat.size > maxChangedBytes) {
    return refuse(`${name} has ${stat.size} bytes, too many for this tool. Use the shell for it.`);
  }
  const bytes = await context.files.readFile(path, { maxBytes: maxChangedBytes, signal: context.signal });
  if (bytes.length === 0) return { kind: 'loaded', bytes };
  const seen = context.readState.get(path);
  if (seen === undefined)
    return refuse(`You have not read ${name} in this session. Read it first, then change it.`);
  if (isMerged || (await isAsSeen(seen, bytes))) return { kind: 'loaded', bytes };
  const difference = showChange ? describeChange(seen, bytes) : '';
  const what = `${name} has changed since you last saw it (the user, a formatter or a command changed it), so nothing was written. Read it again before you change it.`;
  return refuse(difference === '' ? what : `${what}\n${difference}`);
}

/** Writes, and remembers what stands there now. Returns what a formatter changed on the way, for the model; empty: nothing. */
export async function writeChange(
  path: string,
  bytes: Uint8Array,
  context: Pick<ToolContext, 'files' | 'readState'>,
): Promise<string> {
  const outcome = await context.files.write(path, bytes);
  const partial = context.readState.get(path)?.partial ?? false;
  context.readState.set(path, await toSeenFile(outcome.bytes, { partial }));
  if (!outcome.changedOnSave) return '';
  const [asked, saved] = [decodeText(bytes), decodeText(outcome.bytes)];
  const hunks =
    asked === undefined || saved === undefined
      ? []
      : buildPatch(toModelText(asked.text), toModelText(saved.text));
  const difference = formatPatch(hunks, maxShownChange);
  return `When the file was saved, the editor changed it further (a formatter):\n${difference || 'Read it again to see how.'}`;
}

function refuse(reason: string): Loaded {
  return { kind: 'refused', reason };
}
