/** The list of sessions, from the first and last bytes of each transcript: a long one isn't read to be listed. */
import * as z from 'zod';
import type { SessionInfo } from '../../protocol/panel.ts';
import { blocksOf } from './conversation.ts';
import { type ChainLine, parseTranscriptLine } from './transcriptLine.ts';
import type { TranscriptEntry, TranscriptStore } from './transcriptStore.ts';

const PEEK_BYTES = 64 * 1024;
const TITLE_LENGTH = 80;

/** Sessions with at least one prompt, newest first. */
export async function listSessions(store: TranscriptStore): Promise<readonly SessionInfo[]> {
  const entries = await store.list();
  const infos = await Promise.all(entries.map((entry) => readInfo(store, entry)));
  return infos.filter((info) => info !== undefined);
}

async function readInfo(store: TranscriptStore, entry: TranscriptEntry): Promise<SessionInfo | undefined> {
  const { head, tail } = await store.peek(entry.sessionId, PEEK_BYTES);
  const first = firstPrompt(head);
  const customTitle = lastCustomTitle(tail) ?? lastCustomTitle(head);
  if (first === undefined && customTitle === undefined) return undefined;
  return {
    ...entry,
    summary: customTitle ?? toTitle(first?.text ?? ''),
    ...(first === undefined ? {} : { firstPrompt: first.text, createdAt: Date.parse(first.line.timestamp) }),
    ...(customTitle === undefined ? {} : { customTitle }),
  };
}

function firstPrompt(head: Uint8Array): { readonly line: ChainLine; readonly text: string } | undefined {
  for (const text of toLines(head)) {
    const parsed = parseTranscriptLine(parseJson(text));
    if (parsed?.kind !== 'chain' || parsed.line.type !== 'user' || parsed.line.isSynthetic === true) continue;
    const prompt = promptText(parsed.line);
    if (prompt !== '') return { line: parsed.line, text: prompt };
  }
  return undefined;
}

/** What a person typed, without attachments and tool results. */
export function promptText(line: ChainLine): string {
  return blocksOf(line)
    .flatMap((block) => (block.type === 'text' ? [block.text] : []))
    .join('\n')
    .trim();
}

/** The first line of a prompt, cut to the length of a list entry. */
export function toTitle(text: string): string {
  const line =
    text
      .split('\n')
      .find((part) => part.trim() !== '')
      ?.trim() ?? '';
  return line.length <= TITLE_LENGTH ? line : `${line.slice(0, TITLE_LENGTH - 1).trimEnd()}…`;
}

function lastCustomTitle(bytes: Uint8Array): string | undefined {
  for (const line of toLines(bytes).reverse()) {
    if (!line.includes('"custom-title"')) continue;
    const { customTitle } = customTitleLine.safeParse(parseJson(line)).data ?? {};
    if (customTitle !== undefined && customTitle !== '') return customTitle;
  }
  return undefined;
}

const customTitleLine = z.looseObject({ customTitle: z.string() });

function toLines(bytes: Uint8Array): string[] {
  return new TextDecoder().decode(bytes).split('\n');
}

/** undefined: no JSON, like a line that was cut by the edge of what was read. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
