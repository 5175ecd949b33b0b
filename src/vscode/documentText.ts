/** Between the text of a document and the bytes a save of it writes: encoding, byte order mark and line ends. */
import { EndOfLine, type TextDocument, workspace } from 'vscode';

const BYTE_ORDER_MARK = '\uFEFF';

/** The text these bytes are in the document's encoding, line ends as they come; undefined when they are none in it. */
export async function toText(document: TextDocument, bytes: Uint8Array): Promise<string | undefined> {
  const text = await decode(bytes, document.encoding);
  if (text === undefined || text.startsWith(BYTE_ORDER_MARK)) return undefined;
  return isSame(await encode(text, document.encoding), bytes) ? text : undefined;
}

/** What a save of this text would write, given that a document has one kind of line end throughout. */
export function toBytes(document: TextDocument, text: string): Promise<Uint8Array> {
  return encode(withLineEnds(text, lineEndOf(text) ?? document.eol), document.encoding);
}

/** The kind of line end a document with this text would have; undefined when it has a single line. */
export function lineEndOf(text: string): EndOfLine | undefined {
  if (text.includes('\r\n')) return EndOfLine.CRLF;
  return text.includes('\n') || text.includes('\r') ? EndOfLine.LF : undefined;
}

export function withLineEnds(text: string, eol: EndOfLine): string {
  return text.replace(/\r\n|\r|\n/g, eol === EndOfLine.CRLF ? '\r\n' : '\n');
}

export function isSame(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && Buffer.compare(a, b) === 0;
}

/** The encodings that nearly all files have are done here; the others need a trip to the editor's own tables. */
async function encode(text: string, encoding: string): Promise<Uint8Array> {
  if (encoding === 'utf8') return Buffer.from(text);
  if (encoding === 'utf8bom') return Buffer.from(BYTE_ORDER_MARK + text);
  return workspace.encode(text, { encoding });
}

async function decode(bytes: Uint8Array, encoding: string): Promise<string | undefined> {
  try {
    if (encoding === 'utf8') return strictUtf8({ ignoreBOM: true }).decode(bytes);
    if (encoding === 'utf8bom') return strictUtf8({ ignoreBOM: false }).decode(bytes);
    return await workspace.decode(bytes, { encoding });
  } catch {
    return undefined;
  }
}

function strictUtf8({ ignoreBOM }: { readonly ignoreBOM: boolean }): TextDecoder {
  return new TextDecoder('utf-8', { fatal: true, ignoreBOM });
}
