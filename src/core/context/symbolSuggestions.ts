/** Names of the workspace's code that somebody may mean: for mentions, which then name the lines of one. */
import type { LanguageSymbol } from '../../protocol/languageFeatures.ts';
import type { AgentPorts } from '../agent.ts';
import { relativePath, toSlashes } from '../paths.ts';
import { isReadDenied } from '../permissions/decidePermission.ts';
import type { MutablePermissionState } from '../permissions/permissionState.ts';

export interface SymbolSuggestion {
  readonly name: string;
  /** "function" */
  readonly kind: string;
  readonly container?: string;
  /** Relative to the folder of the session, with slashes. */
  readonly path: string;
  /** From 1, both included. */
  readonly line: number;
  readonly lastLine: number;
}

interface Deps {
  readonly ports: Pick<AgentPorts, 'languageFeatures' | 'workspace'>;
  readonly permissions: Pick<MutablePermissionState, 'context'>;
}

const MOST = 8;
/** A single letter is like too much of everything. */
const SHORTEST = 2;

/** Empty where there is no editor. What may not be read, and what lies outside of the folder, is left out. */
export async function suggestSymbols(
  query: string,
  { ports: { languageFeatures, workspace }, permissions }: Deps,
  signal: AbortSignal,
): Promise<readonly SymbolSuggestion[]> {
  // A path is no name.
  if (languageFeatures === undefined || query.length < SHORTEST || /[\s/\\]/.test(query)) return [];
  const answer = await languageFeatures.ask({ operation: 'workspaceSymbol', query }, signal);
  if (answer.kind !== 'symbols') return [];
  const context = permissions.context();
  const found = rankSymbols(answer.symbols, query).flatMap((symbol) => {
    const path = relativePath(workspace.cwd, symbol.path, workspace.platform);
    return path === undefined ? [] : [{ symbol, path: toSlashes(path, workspace.platform) }];
  });
  const shown: SymbolSuggestion[] = [];
  for (const { symbol, path } of found) {
    if (shown.length === MOST) break;
    if (!isReadDenied(symbol.path, context)) shown.push(toSuggestion(symbol, path));
  }
  return shown;
}

/** Those of this very name, then those that begin so, then the others in the order of the servers. */
function rankSymbols(symbols: readonly LanguageSymbol[], query: string): readonly LanguageSymbol[] {
  const wanted = query.toLowerCase();
  const rank = ({ name }: LanguageSymbol): number => {
    const lower = name.toLowerCase();
    if (lower === wanted) return 0;
    return lower.startsWith(wanted) ? 1 : 2;
  };
  return symbols.toSorted((left, right) => rank(left) - rank(right));
}

function toSuggestion(symbol: LanguageSymbol, path: string): SymbolSuggestion {
  const { name, kind, container, line, lastLine = line } = symbol;
  return { name, kind, ...(container === undefined ? {} : { container }), path, line, lastLine };
}
