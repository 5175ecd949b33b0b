/** Reads the definitions of subagents that people keep in files. */
import type { AgentDefinition } from '../../protocol/agents.ts';
import type { AgentOptions } from '../agent.ts';
import { joinPath } from '../paths.ts';
import { FileError, type FileSystem, type Log, type Workspace } from '../ports.ts';
import { parseAgentFile } from './parseAgentFile.ts';

/** Strongest first. In a folder that isn't trusted nothing of the project counts. */
export function findAgentFolders(
  { cwd, platform, trusted }: Pick<Workspace, 'cwd' | 'platform' | 'trusted'>,
  memory: AgentOptions['memory'],
): readonly string[] {
  const { sources, configDir } = memory ?? { sources: [], configDir: '' };
  return [
    ...(trusted && sources.includes('project') ? [joinPath(cwd, '.claude/agents', platform)] : []),
    ...(sources.includes('user') ? [joinPath(configDir, 'agents', platform)] : []),
  ];
}

export interface LoadDeps {
  readonly files: Pick<FileSystem, 'readDirectory' | 'readFile'>;
  readonly workspace: Pick<Workspace, 'platform'>;
  readonly log: Log;
}

type Named = readonly [string, AgentDefinition];

const MAX_FILE_BYTES = 1024 * 1024;

/** By name; of two with the same name the one in the stronger folder counts. A file that can't be used is left out and logged. */
export async function loadAgents(
  folders: readonly string[],
  deps: LoadDeps,
): Promise<ReadonlyMap<string, AgentDefinition>> {
  const loaded = await Promise.all(folders.map((folder) => loadFolder(folder, deps)));
  // The last of a name wins in a Map, so the strongest come last.
  return new Map(loaded.toReversed().flat());
}

async function loadFolder(folder: string, deps: LoadDeps): Promise<readonly Named[]> {
  const paths = await listFiles(folder, deps);
  const loaded = await Promise.all(paths.map((path) => loadFile(path, deps)));
  return loaded.filter((entry) => entry !== undefined);
}

async function listFiles(folder: string, { files, workspace, log }: LoadDeps): Promise<readonly string[]> {
  try {
    const entries = await files.readDirectory(folder);
    return entries
      .filter(({ name, kind }) => kind !== 'directory' && name.endsWith('.md'))
      .map(({ name }) => joinPath(folder, name, workspace.platform))
      .sort();
  } catch (error) {
    if (!(error instanceof FileError)) throw error;
    if (error.code !== 'ENOENT')
      log.warn('the definitions of subagents could not be read', { folder, error });
    return [];
  }
}

async function loadFile(path: string, { files, log }: LoadDeps): Promise<Named | undefined> {
  try {
    const bytes = await files.readFile(path, { maxBytes: MAX_FILE_BYTES });
    const { name, definition } = await parseAgentFile(new TextDecoder().decode(bytes));
    return [name, definition];
  } catch (error) {
    const problem = error instanceof Error ? error.message : String(error);
    log.warn('the definition of a subagent can not be used', { path, problem });
    return undefined;
  }
}
