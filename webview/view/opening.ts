/** Asking the host to open something outside of the panel. */
import type { LinkTarget } from '../markdown/links.ts';
import { usePanel } from './context.ts';

export interface OpenFileOptions {
  readonly line?: number;
  /** Show the difference to before this user message. */
  readonly diffSince?: string;
}

export function useOpenFile(): (path: string, options?: OpenFileOptions) => void {
  const { peer, announce } = usePanel();
  return (path, { line, diffSince } = {}) => {
    const request = {
      path,
      ...(line === undefined ? {} : { line }),
      ...(diffSince === undefined ? {} : { diff_since: diffSince }),
    };
    peer.request('belay/file_open', request).then(
      ({ opened, problem }) => {
        if (!opened) announce(problem ?? `${path} could not be opened.`);
      },
      () => announce(`${path} could not be opened.`),
    );
  };
}

export function useOpenLink(): (target: LinkTarget) => void {
  const { peer, announce } = usePanel();
  const openFile = useOpenFile();
  return (target) => {
    if (target.kind === 'file')
      return openFile(target.path, target.line === undefined ? {} : { line: target.line });
    peer
      .request('belay/link_open', { href: target.href })
      .catch(() => announce('The link could not be opened.'));
  };
}
