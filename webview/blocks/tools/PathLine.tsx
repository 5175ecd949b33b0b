import type { VNode } from 'preact';
import { useModel } from '../../view/context.ts';
import { toBaseName, toShownPath } from './shownPath.ts';

/** Where the file lies, when the title has only its name. */
export function PathLine({ path }: { readonly path: string }): VNode | null {
  const cwd = useModel((model) => model.host?.cwd ?? null);
  const shown = toShownPath(path, cwd);
  return shown === toBaseName(path) ? null : <div class="tool-path">{shown}</div>;
}
