/** Files and folders that somebody may mean who has typed a part of a path: for mentions (`@src/ma`). */
import type { AgentPorts } from '../agent.ts';
import { joinPath } from '../paths.ts';
import { isReadDenied } from '../permissions/decidePermission.ts';
import type { MutablePermissionState } from '../permissions/permissionState.ts';
import type { FileIndex } from './fileIndex.ts';

export interface FileSuggestion {
  /** Relative to the folder of the session, with slashes. */
  readonly path: string;
  readonly type: 'file' | 'directory';
}

interface Deps {
  readonly fileIndex: Pick<FileIndex, 'search'>;
  readonly ports: Pick<AgentPorts, 'workspace'>;
  readonly permissions: Pick<MutablePermissionState, 'context'>;
}

const MAX_SUGGESTIONS = 15;
const MAX_QUERY = 500;

/** The best first. What may not be read is left out. */
export async function suggestFiles(
  query: string,
  { fileIndex, ports: { workspace }, permissions }: Deps,
): Promise<readonly FileSuggestion[]> {
  const wanted = query
    .slice(0, MAX_QUERY)
    .replaceAll('\\', '/')
    .replace(/^(\.\/)+/, '');
  const context = permissions.context();
  const accept = (path: string): boolean =>
    !isReadDenied(joinPath(workspace.cwd, path, workspace.platform), context);
  const found = await fileIndex.search({ wanted, most: MAX_SUGGESTIONS, accept });
  return found.map(({ path, isFolder }) => ({ path, type: isFolder ? 'directory' : 'file' }));
}
