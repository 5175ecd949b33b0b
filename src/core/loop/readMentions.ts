/**
 * What the files hold that a person names in a prompt, so that the model needs no call of its own to see them. They are read as
 * the model would read them, with permission; what is no file or folder is just a word.
 */
import { findMentions, type Mention } from '../input/findMentions.ts';
import type { FileSystem, Workspace } from '../ports.ts';
import { type RunTool, ToolInputError } from '../tools/tool.ts';
import { resolveToolPath } from '../tools/toolPath.ts';

export interface MentionReading {
  readonly files: Pick<FileSystem, 'stat'>;
  readonly workspace: Workspace;
  /** By their names. */
  readonly tools: ReadonlyMap<string, unknown>;
  readonly runTool: RunTool;
}

export interface ReadMentions {
  /** For the model. */
  readonly contents: readonly string[];
  /** For the person: what could not be given, and why. */
  readonly problems: readonly string[];
}

export async function readMentions(text: string, reading: MentionReading): Promise<ReadMentions> {
  const contents: string[] = [];
  const problems: string[] = [];
  for (const mention of findMentions(text)) {
    const kind = await findKind(mention.path, reading);
    const call = kind === undefined ? undefined : toCall(mention, kind);
    if (call === undefined || !reading.tools.has(call.name)) continue;
    const { text: said, isError } = await reading.runTool(call.name, call.input);
    if (isError) problems.push(`${mention.path} was not given to the model: ${said}`);
    // A picture has no text: the model looks at it by itself.
    else if (said !== '') contents.push(`${describe(mention, kind)}:\n\n${said}`);
  }
  return { contents, problems };
}

type Kind = 'file' | 'directory';

async function findKind(path: string, { files, workspace }: MentionReading): Promise<Kind | undefined> {
  try {
    const kind = (await files.stat(resolveToolPath(path, workspace)))?.kind;
    return kind === 'file' || kind === 'directory' ? kind : undefined;
  } catch (error) {
    // What can't be a path here is none; what can't be looked at is told by the read.
    return error instanceof ToolInputError ? undefined : 'file';
  }
}

function toCall({ path, lines }: Mention, kind: Kind) {
  if (kind === 'directory') return { name: 'Glob', input: { pattern: '*', path } };
  const part = lines === undefined ? {} : { offset: lines.from, limit: lines.to - lines.from + 1 };
  return { name: 'Read', input: { file_path: path, ...part } };
}

function describe({ path, lines }: Mention, kind: Kind | undefined): string {
  if (kind === 'directory') return `Files in ${path}`;
  return lines === undefined ? `Contents of ${path}` : `Lines ${lines.from} to ${lines.to} of ${path}`;
}
