/**
 * What the files and the resources of MCP servers (`@server:uri`) hold that a person names in a prompt, so that the model needs no
 * call of its own to see them. They are read as the model would read them, with permission; all else is just a word.
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
  /** Names of the MCP servers that have resources. */
  readonly resourceServers: readonly string[];
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
    const named = findResource(mention, reading) ?? (await findFile(mention, reading));
    if (named === undefined || !reading.tools.has(named.tool)) continue;
    const { text: said, isError } = await reading.runTool(named.tool, named.input);
    if (isError) problems.push(`${mention.path} was not given to the model: ${said}`);
    // A picture has no text: the model looks at it by itself.
    else if (said !== '') contents.push(`${named.title}:\n\n${said}`);
  }
  return { contents, problems };
}

/** Something that is there, and how it is read. */
interface Named {
  readonly title: string;
  readonly tool: string;
  readonly input: Record<string, unknown>;
}

/** `server:uri`, of a server that there is. */
function findResource({ path }: Mention, { resourceServers }: MentionReading): Named | undefined {
  const server = resourceServers.find((name) => path.startsWith(`${name}:`) && path.length > name.length + 1);
  if (server === undefined) return undefined;
  const uri = path.slice(server.length + 1);
  const title = `The resource ${uri} of the MCP server ${server}`;
  return { title, tool: 'ReadMcpResourceTool', input: { server, uri } };
}

async function findFile(mention: Mention, reading: MentionReading): Promise<Named | undefined> {
  const kind = await findKind(mention.path, reading);
  return kind === undefined ? undefined : { title: describe(mention, kind), ...toCall(mention, kind) };
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
  if (kind === 'directory') return { tool: 'Glob', input: { pattern: '*', path } };
  const part = lines === undefined ? {} : { offset: lines.from, limit: lines.to - lines.from + 1 };
  return { tool: 'Read', input: { file_path: path, ...part } };
}

function describe({ path, lines }: Mention, kind: Kind): string {
  if (kind === 'directory') return `Files in ${path}`;
  return lines === undefined ? `Contents of ${path}` : `Lines ${lines.from} to ${lines.to} of ${path}`;
}
