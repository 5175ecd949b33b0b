/** Write: makes a file, or replaces the whole content of one. */
import * as z from 'zod';
import type { AcceptedText } from '../../protocol/permissions.ts';
import { writeAccepted } from './acceptedText.ts';
import { loadForChange, maxChangedBytes, writeChange } from './changeFile.ts';
import { counted } from './counted.ts';
import { explainUnencodable } from './editHints.ts';
import { findUsualLineEnd, toModelText, withLineEnds } from './lineEnds.ts';
import type { PathLocks } from './pathLocks.ts';
import { buildPatch, type PatchHunk } from './structuredPatch.ts';
import { type DecodedText, decodeText, encodeText } from './textEncoding.ts';
import type { FilePreview, Tool, ToolContext, ToolOutcome, ToolView } from './tool.ts';
import { fail, isFailure, runQuietly, succeed, type ToolFailure, withoutFileErrors } from './toolOutcome.ts';
import { displayPath, type Place, resolveToolPath } from './toolPath.ts';

const inputSchema = z.object({
  file_path: z.string().describe('The file: absolute, or relative to the working directory'),
  content: z.string().describe('The whole new content'),
});
type WriteInput = z.infer<typeof inputSchema>;

/** Fields as the Agent SDK's FileWriteOutput. */
export interface WriteOutput {
  readonly type: 'create' | 'update';
  readonly filePath: string;
  readonly content: string;
  readonly structuredPatch: readonly PatchHunk[];
  /** Always null: the file before is in the checkpoint. */
  readonly originalFile: null;
  /** A person has changed it before agreeing to it. */
  readonly userModified?: boolean;
  /** For the model. */
  readonly summary: string;
}

const prompt = `Makes a file with the given content, or replaces the whole content of an existing one. Missing folders are made.

- An existing file must have been read with Read in this session, and must not have changed since; otherwise the call is refused.
- An existing file keeps its encoding and its kind of line ends.
- To change a part of a file, use Edit: it is safer, and easier for the user to review.
- Do not write documentation or other files that nobody asked for.`;

export interface WriteOptions {
  readonly place: Place;
  readonly locks: PathLocks;
}

export function createWriteTool({ place, locks }: WriteOptions): Tool<WriteInput, WriteOutput | ToolFailure> {
  return {
    name: 'Write',
    description: 'Makes a file, or replaces the whole content of one.',
    prompt,
    inputSchema,
    isReadOnly: () => false,
    isConcurrencySafe: () => false,
    effects: async (input, { workspace }) => [
      { kind: 'write', path: resolveToolPath(input.file_path, workspace) },
    ],
    preview: (input, view) => withoutFileErrors(() => buildPreview(input, view)),
    takesAcceptedText: true,
    run: (input, context) =>
      runQuietly(async () => {
        const path = resolveToolPath(input.file_path, context.workspace);
        return locks(await context.files.realPath(path), () => write(path, input, context));
      }),
    toResultContent: (output) => (isFailure(output) ? output.error : output.summary),
    title: ({ file_path }) => (file_path === undefined ? 'Write' : `Write ${displayPath(file_path, place)}`),
  };
}

async function write(
  path: string,
  { content }: WriteInput,
  context: ToolContext,
): Promise<ToolOutcome<WriteOutput | ToolFailure>> {
  if (context.accepted !== undefined)
    return writeAsAccepted(path, { content, accepted: context.accepted }, context);
  const name = displayPath(path, context.workspace);
  const loaded = await loadForChange(path, context, { showChange: false });
  if (loaded.kind === 'refused') return fail(loaded.reason);
  const before = loaded.kind === 'loaded' ? decodeText(loaded.bytes) : undefined;
  const text = withConventions(content, before);
  const encoded = encodeText(text, before ?? { encoding: 'utf-8', bom: false });
  if (encoded.kind === 'unencodable') {
    const reason = explainUnencodable(before?.encoding ?? 'utf-8', encoded.character);
    return fail(`${name} was not written. ${reason}`);
  }
  const reformatted = await writeChange(path, encoded.bytes, context);
  const lines = counted(countLines(content), 'line');
  const done = loaded.kind === 'absent' ? `Created ${name} (${lines}).` : `Wrote ${name} (${lines}).`;
  return succeed({
    type: loaded.kind === 'absent' ? 'create' : 'update',
    filePath: path,
    content,
    structuredPatch: buildPatch(toModelText(before?.text ?? ''), toModelText(text)),
    originalFile: null,
    summary: reformatted === '' ? done : `${done}\n${reformatted}`,
  });
}

async function writeAsAccepted(
  path: string,
  { content, accepted }: { readonly content: string; readonly accepted: AcceptedText },
  context: ToolContext,
): Promise<ToolOutcome<WriteOutput | ToolFailure>> {
  const propose = (): string => toModelText(content);
  const outcome = await writeAccepted(path, { accepted, propose }, context);
  if (outcome.kind === 'refused') return fail(outcome.reason);
  return succeed({
    type: outcome.created ? 'create' : 'update',
    filePath: path,
    content: outcome.content,
    structuredPatch: outcome.patch,
    originalFile: null,
    userModified: outcome.isModified,
    summary: outcome.summary,
  });
}

/** An existing file keeps its line ends and its byte order mark, which is not part of the text. */
function withConventions(content: string, before: DecodedText | undefined): string {
  const lineEnd = before === undefined ? undefined : findUsualLineEnd(before.text);
  const text = lineEnd === undefined ? content : withLineEnds(content, lineEnd);
  return before?.bom === true && text.startsWith('\ufeff') ? text.slice(1) : text;
}

function countLines(text: string): number {
  if (text === '') return 0;
  return text.split('\n').length - (text.endsWith('\n') ? 1 : 0);
}

async function buildPreview(
  input: WriteInput,
  { workspace, files }: ToolView,
): Promise<FilePreview | undefined> {
  const path = resolveToolPath(input.file_path, workspace);
  const after = toModelText(input.content);
  const stat = await files.stat(path);
  if (stat === undefined) return { path, before: null, after };
  if (stat.kind !== 'file' || stat.size > maxChangedBytes) return undefined;
  const decoded = decodeText(await files.readFile(path, { maxBytes: maxChangedBytes }));
  return { path, before: decoded === undefined ? null : toModelText(decoded.text), after };
}
