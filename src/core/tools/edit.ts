/** Edit: replaces a piece of text in a file. */
import * as z from 'zod';
import type { AcceptedText } from '../../protocol/permissions.ts';
import { writeAccepted } from './acceptedText.ts';
import { loadForChange, maxChangedBytes, writeChange } from './changeFile.ts';
import { toModelText } from './lineEnds.ts';
import type { PathLocks } from './pathLocks.ts';
import { planEdit } from './planEdit.ts';
import { buildPatch, type PatchHunk } from './structuredPatch.ts';
import { encodeText } from './textEncoding.ts';
import type { FilePreview, Tool, ToolContext, ToolOutcome, ToolView } from './tool.ts';
import { fail, isFailure, runQuietly, succeed, type ToolFailure, withoutFileErrors } from './toolOutcome.ts';
import { displayPath, type Place, resolveToolPath } from './toolPath.ts';

const inputSchema = z.object({
  file_path: z.string().describe('The file: absolute, or relative to the working directory'),
  old_string: z.string().describe('The exact text to replace'),
  new_string: z.string().describe('The text to put in its place'),
  replace_all: z.boolean().optional().describe('Replace every occurrence instead of exactly one'),
});
type EditInput = z.infer<typeof inputSchema>;

/** Fields as the Agent SDK's FileEditOutput. */
export interface EditOutput {
  readonly filePath: string;
  readonly oldString: string;
  readonly newString: string;
  /** Always null: the file before is in the checkpoint. */
  readonly originalFile: null;
  readonly structuredPatch: readonly PatchHunk[];
  /** A person has changed it before agreeing to it. */
  readonly userModified: boolean;
  readonly replaceAll: boolean;
  /** For the model. */
  readonly summary: string;
}

const prompt = `Replaces text in a file.

- The file must have been read with Read in this session, and must not have changed since; otherwise the call is refused and you read it again.
- old_string must be in the file exactly as you give it: same indentation, same spaces, no line numbers. It must be unique; take in enough lines around the place to make it so. To change every occurrence (a renamed variable), set replace_all.
- The rest of the file stays as it is to the byte: encoding and line ends are kept, and you need not care about them.
- An empty old_string makes a new file (or fills an empty one) with new_string.
- For a new file or a file rewritten from end to end, use Write.`;

export interface EditOptions {
  readonly place: Place;
  readonly locks: PathLocks;
}

export function createEditTool({ place, locks }: EditOptions): Tool<EditInput, EditOutput | ToolFailure> {
  return {
    name: 'Edit',
    description: 'Replaces a piece of text in a file.',
    prompt,
    inputSchema,
    isReadOnly: () => false,
    isConcurrencySafe: () => false,
    effects: async (input, { workspace }) => {
      const path = resolveToolPath(input.file_path, workspace);
      // A failed edit shows the model lines that are like those it sought.
      return [
        { kind: 'read', path },
        { kind: 'write', path },
      ];
    },
    preview: (input, view) => withoutFileErrors(() => buildPreview(input, view)),
    takesAcceptedText: true,
    run: (input, context) =>
      runQuietly(async () => {
        const path = resolveToolPath(input.file_path, context.workspace);
        return locks(await context.files.realPath(path), () => edit(path, input, context));
      }),
    toResultContent: (output) => (isFailure(output) ? output.error : output.summary),
    title: ({ file_path }) => (file_path === undefined ? 'Edit' : `Edit ${displayPath(file_path, place)}`),
  };
}

async function edit(
  path: string,
  input: EditInput,
  context: ToolContext,
): Promise<ToolOutcome<EditOutput | ToolFailure>> {
  if (context.accepted !== undefined)
    return editAsAccepted(path, { input, accepted: context.accepted }, context);
  const name = displayPath(path, context.workspace);
  const loaded = await loadForChange(path, context, { showChange: true });
  if (loaded.kind === 'refused') return fail(loaded.reason);
  if (loaded.kind === 'absent') return create(path, input, context);
  const plan = planEdit(loaded.bytes, toRequest(input));
  if (plan.kind === 'refused') return fail(`${name} was not changed. ${plan.reason}`);
  const reformatted = await writeChange(path, plan.bytes, context);
  const places = plan.lines.length === 1 ? `at line ${plan.lines[0]}` : `in ${plan.lines.length} places`;
  return succeed(
    toOutput(path, input, {
      patch: buildPatch(plan.before, plan.after),
      summary: `Edited ${name} ${places}.${reformatted === '' ? '' : `\n${reformatted}`}`,
    }),
  );
}

async function editAsAccepted(
  path: string,
  { input, accepted }: { readonly input: EditInput; readonly accepted: AcceptedText },
  context: ToolContext,
): Promise<ToolOutcome<EditOutput | ToolFailure>> {
  const propose = (before: Uint8Array | undefined): string | undefined => {
    if (before === undefined) return toModelText(input.new_string);
    const plan = planEdit(before, toRequest(input));
    return plan.kind === 'planned' ? plan.after : undefined;
  };
  const outcome = await writeAccepted(path, { accepted, propose }, context);
  if (outcome.kind === 'refused') return fail(outcome.reason);
  const { patch, summary, isModified } = outcome;
  return succeed({ ...toOutput(path, input, { patch, summary }), userModified: isModified });
}

async function create(
  path: string,
  input: EditInput,
  context: ToolContext,
): Promise<ToolOutcome<EditOutput | ToolFailure>> {
  const name = displayPath(path, context.workspace);
  if (input.old_string !== '') {
    return fail(
      `${name} does not exist, so there is nothing to edit. Use Glob to find the file, or Write to make it.`,
    );
  }
  const encoded = encodeText(input.new_string, { encoding: 'utf-8', bom: false });
  if (encoded.kind === 'unencodable') return fail('new_string holds half of a character (a lone surrogate).');
  const reformatted = await writeChange(path, encoded.bytes, context);
  return succeed(
    toOutput(path, input, {
      patch: buildPatch('', toModelText(input.new_string)),
      summary: `Created ${name}.${reformatted === '' ? '' : `\n${reformatted}`}`,
    }),
  );
}

async function buildPreview(
  input: EditInput,
  { workspace, files }: ToolView,
): Promise<FilePreview | undefined> {
  const path = resolveToolPath(input.file_path, workspace);
  const stat = await files.stat(path);
  if (stat === undefined) {
    return input.old_string === '' ? { path, before: null, after: toModelText(input.new_string) } : undefined;
  }
  if (stat.kind !== 'file' || stat.size > maxChangedBytes) return undefined;
  const plan = planEdit(await files.readFile(path, { maxBytes: maxChangedBytes }), toRequest(input));
  return plan.kind === 'planned' ? { path, before: plan.before, after: plan.after } : undefined;
}

function toRequest(input: EditInput) {
  return {
    oldString: input.old_string,
    newString: input.new_string,
    replaceAll: input.replace_all ?? false,
  };
}

function toOutput(
  path: string,
  input: EditInput,
  done: { readonly patch: readonly PatchHunk[]; readonly summary: string },
): EditOutput {
  return {
    filePath: path,
    oldString: input.old_string,
    newString: input.new_string,
    originalFile: null,
    structuredPatch: done.patch,
    userModified: false,
    replaceAll: input.replace_all ?? false,
    summary: done.summary,
  };
}
