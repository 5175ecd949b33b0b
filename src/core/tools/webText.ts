/** What a web server answered, as text for a model. */
import { htmlToMarkdown } from './htmlToMarkdown.ts';
import { decodeText } from './textEncoding.ts';

export interface WebContent {
  readonly body: Uint8Array;
  /** The header, as it came; may be empty. */
  readonly contentType: string;
  /** Where it came from: relative links start there. */
  readonly url: string;
}

/** undefined: it isn't text. HTML becomes Markdown, anything else stays as it is. */
export function toWebText(content: WebContent): string | undefined {
  const type = content.contentType.split(';', 1)[0]?.trim().toLowerCase() ?? '';
  if (type !== '' && !isTextType(type)) return undefined;
  const text = decode(content);
  if (text === undefined) return undefined;
  const isHtml =
    type === 'text/html' || type === 'application/xhtml+xml' || (type === '' && looksLikeHtml(text));
  return dropInvisible(isHtml ? htmlToMarkdown(text, content.url) : text).trim();
}

function isTextType(type: string): boolean {
  return (
    type.startsWith('text/') ||
    /[/+](json|xml|yaml|javascript|ecmascript|typescript|toml|graphql|sql|x-sh|x-ndjson|xhtml)$/.test(type) ||
    /^application\/(x-yaml|x-javascript|ld\+json)$/.test(type)
  );
}

function looksLikeHtml(text: string): boolean {
  return /^\s*<(?:!doctype html|html|head|body|!--)/i.test(text.slice(0, 1000));
}

/** By the header, else by what the page says of itself, else as a file would be read. undefined: binary. */
function decode({ body, contentType }: WebContent): string | undefined {
  const head = String.fromCharCode(...body.subarray(0, 1024));
  const label =
    /charset\s*=\s*"?([\w-]+)/i.exec(contentType)?.[1] ??
    /<meta[^>]+charset\s*=\s*["']?([\w-]+)/i.exec(head)?.[1];
  if (label !== undefined) {
    try {
      return new TextDecoder(label).decode(body);
    } catch {
      // A name nobody knows.
    }
  }
  return decodeText(body)?.text;
}

/** Characters that nobody sees but a model reads: tags, bidirectional controls, zero-width ones (but the joiners of scripts and emoji). */
function dropInvisible(text: string): string {
  return text.replace(/[\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff\u{e0000}-\u{e007f}]/gu, '');
}
