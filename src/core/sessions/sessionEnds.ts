/** What the first and the last bytes of a transcript tell of its session. */
import * as z from 'zod';
import { promptText } from './promptText.ts';
import { parseTranscriptLine } from './transcriptLine.ts';

export interface SessionEnds {
  /** The words of it; empty where these are not in what was read (a picture stands before them). */
  readonly firstPrompt: string | undefined;
  /** Milliseconds since 1970. */
  readonly createdAt: number | undefined;
  readonly customTitle: string | undefined;
  readonly tag: string | undefined;
  /** How the last turn has ended. */
  readonly end: 'done' | 'failed' | 'open';
  /** There is no line in it that could be one of a transcript. */
  readonly isUnreadable: boolean;
}

export function readSessionEnds({
  head,
  tail,
}: {
  readonly head: Uint8Array;
  readonly tail: Uint8Array;
}): SessionEnds {
  const first = toLines(head);
  const last = toLines(tail).reverse();
  const backwards = [...last, ...[...first].reverse()];
  return {
    ...findPrompt(first),
    customTitle: findLabel(backwards, 'custom-title', customTitle),
    tag: findLabel(backwards, 'tag', tagLine),
    end: findEnd(last),
    isUnreadable: !backwards.some((line) => typed.safeParse(parseJson(line)).success) && !mayBeLong(first),
  };
}

const typed = z.looseObject({ type: z.string() });
const customTitle = z
  .looseObject({ type: z.literal('custom-title'), customTitle: z.string() })
  .transform((line) => line.customTitle);
const tagLine = z.looseObject({ type: z.literal('tag'), tag: z.string() }).transform((line) => line.tag);

/** A line that is longer than what was read, or that another process has not finished. */
function mayBeLong(lines: readonly string[]): boolean {
  return lines.at(-1)?.startsWith('{"') === true;
}

function findPrompt(lines: readonly string[]): Pick<SessionEnds, 'firstPrompt' | 'createdAt'> {
  for (const text of lines) {
    const value = parseJson(text);
    // The edge of what was read.
    if (value === undefined && /^\{"type":"user"/.test(text))
      return { firstPrompt: '', createdAt: undefined };
    const parsed = parseTranscriptLine(value);
    if (parsed?.kind !== 'chain' || parsed.line.type !== 'user' || parsed.line.isSynthetic === true) continue;
    const firstPrompt = promptText(parsed.line);
    if (firstPrompt !== '') return { firstPrompt, createdAt: Date.parse(parsed.line.timestamp) };
  }
  return { firstPrompt: undefined, createdAt: undefined };
}

/** The last one counts; empty takes away what was before. */
function findLabel(
  backwards: readonly string[],
  type: string,
  schema: z.ZodType<string>,
): string | undefined {
  for (const line of backwards) {
    if (!line.includes(`"${type}"`)) continue;
    const label = schema.safeParse(parseJson(line)).data?.trim();
    if (label !== undefined) return label === '' ? undefined : label;
  }
  return undefined;
}

function findEnd(backwards: readonly string[]): SessionEnds['end'] {
  for (const line of backwards) {
    const ended = ending.safeParse(parseJson(line)).data;
    if (ended === undefined || (ended.type === 'user' && ended.isSynthetic === true)) continue;
    if (ended.type === 'result') return ended.is_error && ended.interrupted !== true ? 'failed' : 'done';
    if (ended.type === 'user') return 'open';
    return ended.message.stop_reason === 'tool_use' || ended.aborted === true ? 'open' : 'done';
  }
  return 'done';
}

/** The last of these lines says how the session stands. */
const ending = z.discriminatedUnion('type', [
  z.looseObject({ type: z.literal('result'), is_error: z.boolean(), interrupted: z.boolean().optional() }),
  z.looseObject({ type: z.literal('user'), isSynthetic: z.boolean().optional() }),
  z.looseObject({
    type: z.literal('assistant'),
    message: z.looseObject({ stop_reason: z.string().nullish() }),
    aborted: z.boolean().optional(),
  }),
]);

function toLines(bytes: Uint8Array): string[] {
  return new TextDecoder()
    .decode(bytes)
    .split('\n')
    .filter((line) => line.trim() !== '');
}

/** undefined: no JSON, like a line that was cut by the edge of what was read. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
