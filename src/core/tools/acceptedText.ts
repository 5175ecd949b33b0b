/**
 * Writes the text that a person has accepted in place of the one that a call would make. Everything else is as with any
 * change of a file: it must have been read, it is written with its own encoding and line ends, and the model is told what
 * became of its proposal.
 */
import type { AcceptedText } from '../../protocol/permissions.ts';
import { describeFates, findFates } from '../proposals/hunkFates.ts';
import { findHunks, splitLines } from '../proposals/lineHunks.ts';
import { loadForChange, writeChange } from './changeFile.ts';
import { explainUnencodable } from './editHints.ts';
import { applyChanges, type TextChange, toModelText } from './lineEnds.ts';
import { buildPatch, formatPatch, type PatchHunk } from './structuredPatch.ts';
import { decodeText, encodeText } from './textEncoding.ts';
import type { ToolContext } from './tool.ts';
import { displayPath } from './toolPath.ts';

export interface AcceptedCall {
  readonly accepted: AcceptedText;
  /** What the call by itself would make of these bytes (undefined: there is no file); undefined: it can't be told. */
  readonly propose: (before: Uint8Array | undefined) => string | undefined;
}

export type AcceptedOutcome =
  | {
      readonly kind: 'written';
      readonly created: boolean;
      readonly content: string;
      readonly patch: readonly PatchHunk[];
      /** What stands there now is not what was proposed. */
      readonly isModified: boolean;
      /** For the model, with what a formatter has made of it. */
      readonly summary: string;
    }
  | { readonly kind: 'refused'; readonly reason: string };

/** Characters of the difference that the model is shown. */
const maxShownChange = 8_000;

export async function writeAccepted(
  path: string,
  { accepted, propose }: AcceptedCall,
  context: ToolContext,
): Promise<AcceptedOutcome> {
  const name = displayPath(path, context.workspace);
  const isMerged = accepted.proposed !== undefined;
  const loaded = await loadForChange(path, context, { showChange: false, isMerged });
  if (loaded.kind === 'refused') return loaded;
  const bytes = loaded.kind === 'loaded' ? loaded.bytes : undefined;
  const decoded = bytes === undefined ? { text: '', ...NEW_FILE } : decodeText(bytes);
  if (decoded === undefined) return refuse(`${name} was not written. It is a binary file.`);
  const before = bytes === undefined ? null : toModelText(decoded.text);
  if (before !== toModelTextOrNull(accepted.before)) return refuse(explainOutOfDate(name));
  const content = toModelText(accepted.content);
  const proposed = accepted.proposed === undefined ? propose(bytes) : toModelText(accepted.proposed);
  const told = describeAnswer({ before: before ?? '', proposed, content }, accepted.note);
  if (content === before) return refuse(`${name} was not changed: it is as it was.\n${told}`);
  const text = applyChanges(decoded.text, toChanges(before ?? '', content));
  const encoded = encodeText(text, decoded);
  if (encoded.kind === 'unencodable') {
    return refuse(`${name} was not written. ${explainUnencodable(decoded.encoding, encoded.character)}`);
  }
  const reformatted = await writeChange(path, encoded.bytes, context);
  const done = bytes === undefined ? `Created ${name}.` : `Changed ${name}.`;
  return {
    kind: 'written',
    created: bytes === undefined,
    content,
    patch: buildPatch(before ?? '', content),
    isModified: content !== proposed,
    summary: [done, told, reformatted].filter((part) => part !== '').join('\n'),
  };
}

const NEW_FILE = { encoding: 'utf-8', bom: false } as const;

/** By lines, so that each line that stays keeps the end it has. Offsets are those of `before`. */
function toChanges(before: string, content: string): readonly TextChange[] {
  const [left, right] = [splitLines(before), splitLines(content)];
  const changes: TextChange[] = [];
  let [line, offset] = [0, 0];
  const offsetOf = (wanted: number): number => {
    for (; line < wanted; line += 1) offset += left[line]?.length ?? 0;
    return offset;
  };
  for (const { leftStart, leftEnd, rightStart, rightEnd } of findHunks(left, right)) {
    const start = offsetOf(leftStart);
    const replacement = right.slice(rightStart, rightEnd).join('');
    changes.push({ start, end: offsetOf(leftEnd), replacement });
  }
  return changes;
}

interface AnswerTexts {
  readonly before: string;
  readonly proposed: string | undefined;
  readonly content: string;
}

function describeAnswer({ before, proposed, content }: AnswerTexts, note: string | undefined): string {
  const said = note === undefined || note.trim() === '' ? '' : note.trim();
  if (proposed === content) return said;
  if (proposed === undefined) {
    return joinLines([
      'The user changed the proposal before accepting it.',
      said,
      showDifference(before, content),
    ]);
  }
  const fates = describeFates(findFates({ left: before, proposed, visible: content }));
  return joinLines([
    `The user changed the proposal before accepting it: ${fates}.`,
    said,
    'What stands in the file differs from your proposal (-: as you proposed it, +: as the file now reads):',
    showDifference(proposed, content),
  ]);
}

function showDifference(before: string, after: string): string {
  return (
    formatPatch(buildPatch(before, after), maxShownChange) || 'Too much differs to be shown: read it again.'
  );
}

function joinLines(parts: readonly string[]): string {
  return parts.filter((part) => part !== '').join('\n');
}

function explainOutOfDate(name: string): string {
  return `${name} has changed while the user looked at the proposal, so nothing was written. Read it again, then propose the change anew.`;
}

function toModelTextOrNull(text: string | null): string | null {
  return text === null ? null : toModelText(text);
}

function refuse(reason: string): AcceptedOutcome {
  return { kind: 'refused', reason };
}
