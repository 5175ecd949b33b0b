/** NotebookEdit: changes one cell of a Jupyter notebook. */
import * as z from 'zod';
import { loadForChange, maxChangedBytes, writeChange } from './changeFile.ts';
import { explainUnencodable } from './editHints.ts';
import { applyChanges, toModelText } from './lineEnds.ts';
import type { PathLocks } from './pathLocks.ts';
import { type NotebookPlan, planNotebookEdit } from './planNotebookEdit.ts';
import { buildPatch, type PatchHunk } from './structuredPatch.ts';
import { decodeText, encodeText } from './textEncoding.ts';
import type { FilePreview, Tool, ToolContext, ToolOutcome, ToolView } from './tool.ts';
import { fail, isFailure, runQuietly, succeed, type ToolFailure, withoutFileErrors } from './toolOutcome.ts';
import { displayPath, type Place, resolveToolPath } from './toolPath.ts';

const inputSchema = z.object({
  notebook_path: z.string().describe('The notebook: absolute, or relative to the working directory'),
  cell_id: z
    .string()
    .optional()
    .describe(
      'Which cell, as Read shows it. For insert: the one to insert behind; at the beginning when absent',
    ),
  new_source: z.string().describe('The new source of the cell; ignored for delete'),
  cell_type: z.enum(['code', 'markdown']).optional().describe('Needed for insert; otherwise as it is'),
  edit_mode: z.enum(['replace', 'insert', 'delete']).optional().describe('replace by default'),
});
type NotebookEditInput = z.infer<typeof inputSchema>;

/** Fields as the Agent SDK's NotebookEditOutput; in place of the whole file before and after, the difference. */
export interface NotebookEditOutput {
  readonly new_source: string;
  readonly old_source?: string;
  readonly cell_id: string;
  readonly cell_type: string;
  readonly language: string;
  readonly edit_mode: string;
  readonly notebook_path: string;
  readonly structuredPatch: readonly PatchHunk[];
  /** For the model. */
  readonly summary: string;
}

const prompt = `Changes one cell of a Jupyter notebook (.ipynb): replaces its source, inserts a new cell, or deletes one.

- The notebook must have been read with Read in this session, and must not have changed since.
- Cells are named by the ids that Read shows.
- Replacing the source of a code cell removes its outputs; nothing else in the file changes.`;

export interface NotebookEditOptions {
  readonly place: Place;
  readonly locks: PathLocks;
}

export function createNotebookEditTool({
  place,
  locks,
}: NotebookEditOptions): Tool<NotebookEditInput, NotebookEditOutput | ToolFailure> {
  return {
    name: 'NotebookEdit',
    description: 'Changes one cell of a Jupyter notebook.',
    prompt,
    inputSchema,
    isReadOnly: () => false,
    isConcurrencySafe: () => false,
    effects: async (input, { workspace }) => {
      const path = resolveToolPath(input.notebook_path, workspace);
      return [
        { kind: 'read', path },
        { kind: 'write', path },
      ];
    },
    preview: (input, view) => withoutFileErrors(() => buildPreview(input, view)),
    run: (input, context) =>
      runQuietly(async () => {
        const path = resolveToolPath(input.notebook_path, context.workspace);
        return locks(await context.files.realPath(path), () => editNotebook(path, input, context));
      }),
    toResultContent: (output) => (isFailure(output) ? output.error : output.summary),
    title: ({ notebook_path, edit_mode }) => {
      const verb = { replace: 'Edit', insert: 'Insert a cell in', delete: 'Delete a cell in' }[
        edit_mode ?? 'replace'
      ];
      return notebook_path === undefined ? 'Edit a notebook' : `${verb} ${displayPath(notebook_path, place)}`;
    },
  };
}

async function editNotebook(
  path: string,
  input: NotebookEditInput,
  context: ToolContext,
): Promise<ToolOutcome<NotebookEditOutput | ToolFailure>> {
  const name = displayPath(path, context.workspace);
  const loaded = await loadForChange(path, context, { showChange: true });
  if (loaded.kind === 'refused') return fail(loaded.reason);
  if (loaded.kind === 'absent') return fail(`${name} does not exist. Make the notebook with Write first.`);
  const edited = change(loaded.bytes, input);
  if (edited.kind === 'refused') return fail(`${name} was not changed. ${edited.reason}`);
  const { plan, before, after, bytes } = edited;
  const reformatted = await writeChange(path, bytes, context);
  const done = { replace: 'Replaced', insert: 'Inserted', delete: 'Deleted' }[input.edit_mode ?? 'replace'];
  const summary = `${done} the ${plan.cellType} cell ${plan.cellId} in ${name}.`;
  return succeed({
    new_source: input.new_source,
    ...(plan.oldSource === undefined ? {} : { old_source: plan.oldSource }),
    cell_id: plan.cellId,
    cell_type: plan.cellType,
    language: plan.language,
    edit_mode: input.edit_mode ?? 'replace',
    notebook_path: path,
    structuredPatch: buildPatch(before, after),
    summary: reformatted === '' ? summary : `${summary}\n${reformatted}`,
  });
}

type Edited =
  | {
      readonly kind: 'edited';
      readonly plan: Extract<NotebookPlan, { readonly kind: 'planned' }>;
      readonly before: string;
      readonly after: string;
      readonly bytes: Uint8Array;
    }
  | { readonly kind: 'refused'; readonly reason: string };

function change(bytes: Uint8Array, input: NotebookEditInput): Edited {
  const decoded = decodeText(bytes);
  if (decoded === undefined) return { kind: 'refused', reason: 'It is not a notebook, but a binary file.' };
  const before = toModelText(decoded.text);
  const plan = planNotebookEdit(before, {
    mode: input.edit_mode ?? 'replace',
    cellId: input.cell_id,
    cellType: input.cell_type,
    source: toModelText(input.new_source),
  });
  if (plan.kind === 'refused') return plan;
  const text = applyChanges(decoded.text, plan.changes);
  const outcome = encodeText(text, decoded);
  if (outcome.kind === 'unencodable') {
    return { kind: 'refused', reason: explainUnencodable(decoded.encoding, outcome.character) };
  }
  return { kind: 'edited', plan, before, after: toModelText(text), bytes: outcome.bytes };
}

async function buildPreview(
  input: NotebookEditInput,
  { workspace, files }: ToolView,
): Promise<FilePreview | undefined> {
  const path = resolveToolPath(input.notebook_path, workspace);
  const stat = await files.stat(path);
  if (stat?.kind !== 'file' || stat.size > maxChangedBytes) return undefined;
  const edited = change(await files.readFile(path, { maxBytes: maxChangedBytes }), input);
  return edited.kind === 'edited' ? { path, before: edited.before, after: edited.after } : undefined;
}
