/** Files dragged from VS Code's explorer: it gives their addresses, not their content. They become mentions. */
import { toShownPath } from '../blocks/tools/shownPath.ts';
import { writeMention } from './completion/findTrigger.ts';

const KINDS = ['application/vnd.code.uri-list', 'text/uri-list'];

/** "@src/a.ts @b.md", relative to `cwd` where they lie inside, as mentions are read; '' when nothing of the kind was dropped. */
export function toMentions(data: Pick<DataTransfer, 'getData'>, cwd: string | null): string {
  const list = KINDS.map((kind) => data.getData(kind)).find((text) => text !== '') ?? '';
  return list
    .split(/\r?\n/)
    .flatMap((line) => toPath(line) ?? [])
    .map((path) => toShownPath(path, cwd === null ? [] : [cwd]))
    .map(writeMention)
    .join(' ');
}

/** null: a comment, or not a file. */
function toPath(line: string): string | null {
  const url = line.startsWith('#') ? null : URL.parse(line.trim());
  if (url === null || (url.protocol !== 'file:' && url.protocol !== 'vscode-remote:')) return null;
  try {
    const path = decodeURIComponent(url.pathname);
    // "/c:/x" is how an address writes a Windows path.
    return /^\/[a-zA-Z]:/.test(path) ? path.slice(1) : path;
  } catch {
    return null;
  }
}
