/** Where a link may lead. Nothing here ever becomes an `href`: the host opens it, and judges it again. */
import { decodeEntities } from './entities.ts';

export type LinkTarget =
  | { readonly kind: 'external'; readonly href: string }
  | { readonly kind: 'file'; readonly path: string; readonly line?: number };

// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const HIDDEN = /[\u0000-\u001f\u007f-\u009f\p{Cf}]/u;
const SCHEME = /^[a-zA-Z][a-zA-Z0-9+.-]*:/;
const LINE_SUFFIX = /(?::(\d{1,7})(?::\d{1,5})?|#L(\d{1,7})(?:-L?\d{1,7})?)$/;

/** null: not to be opened, shown as text. `folders`: of the workspace; an absolute path inside one of them counts as part of it. */
export function toLinkTarget(raw: string, folders: readonly string[]): LinkTarget | null {
  const href = decodeEntities(raw).trim();
  if (href === '' || HIDDEN.test(href)) return null;
  if (/^(?:https?:\/\/|mailto:)/i.test(href)) return toExternal(href);
  const target = toFile(href);
  if (target === null) return null;
  return isInside(target.path, folders) ? target : null;
}

function toExternal(href: string): LinkTarget | null {
  // URL writes the host in punycode, which is what a person must see.
  const url = URL.parse(href);
  // A name before the host is only ever there to be taken for the host.
  if (url === null || url.username !== '' || url.password !== '') return null;
  return { kind: 'external', href: url.href };
}

/** The host to be shown beside a link whose text names another; null: the text doesn't mislead. */
export function toShownHost(target: LinkTarget, text: string): string | null {
  if (target.kind !== 'external') return null;
  const { host } = new URL(target.href);
  const named = /^(?:https?:\/\/)?([\p{L}\p{N}-]+(?:\.[\p{L}\p{N}-]+)+)(?:[:/?#].*)?$/u.exec(
    text.trim(),
  )?.[1];
  if (named === undefined || host === '') return null;
  const claimed = URL.parse(`https://${named}`)?.host ?? named;
  return claimed.replace(/^www\./, '') === host.replace(/^www\./, '') ? null : host;
}

function toFile(href: string): Extract<LinkTarget, { kind: 'file' }> | null {
  const suffix = LINE_SUFFIX.exec(href);
  const rest = suffix === null ? href : href.slice(0, suffix.index);
  if (
    SCHEME.test(rest) ||
    rest.startsWith('//') ||
    rest.includes('\\') ||
    rest.startsWith('#') ||
    rest === ''
  )
    return null;
  const path = decodePath(rest.replace(/[?#].*$/, ''));
  if (path === null || path === '' || HIDDEN.test(path) || path.startsWith('//') || SCHEME.test(path))
    return null;
  const line = suffix?.[1] ?? suffix?.[2];
  return line === undefined ? { kind: 'file', path } : { kind: 'file', path, line: Number(line) };
}

function decodePath(path: string): string | null {
  try {
    return decodeURIComponent(path);
  } catch {
    return null;
  }
}

function isInside(path: string, folders: readonly string[]): boolean {
  if (path.split('/').includes('..') || path.startsWith('~')) return false;
  if (!path.startsWith('/')) return true;
  return folders.some((folder) => path.startsWith(folder.endsWith('/') ? folder : `${folder}/`));
}

/** What a person is told of a link before following it. */
export function toLinkTitle(target: LinkTarget): string {
  if (target.kind === 'external') return `Open ${target.href} in the browser`;
  return target.line === undefined ? `Open ${target.path}` : `Open ${target.path} at line ${target.line}`;
}
