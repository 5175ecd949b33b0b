import type { VNode } from 'preact';
import { useFolders } from '../../view/useFolders.ts';
import { toBaseName, toShownPath } from './shownPath.ts';

/** Where the file lies, when the title has only its name. */
export function PathLine({ path }: { readonly path: string }): VNode | null {
  const folders = useFolders();
  const shown = toShownPath(path, folders);
  return shown === toBaseName(path) ? null : <div class="tool-path">{shown}</div>;
}
