/** The sessions of Claude Code in a folder, by the first bytes of each. */
import * as z from 'zod';
import { toTitle } from './listSessions.ts';
import type { TranscriptStore } from './transcriptStore.ts';

const PEEK_BYTES = 64 * 1024;

export interface ClaudeSession {
  readonly sessionId: string;
  readonly title: string;
  /** Milliseconds since 1970. */
  readonly lastModified: number;
  /** Why it can't be read, for a person. */
  readonly problem?: string;
}

/** Newest first. Those in which nobody has said anything are left out. */
export async function listClaude(
  store: Pick<TranscriptStore, 'list' | 'peek'>,
): Promise<readonly ClaudeSession[]> {
  const entries = await store.list();
  const sessions = await Promise.all(
    entries.map(async ({ sessionId, lastModified }): Promise<ClaudeSession | undefined> => {
      try {
        const { head, tail } = await store.peek(sessionId, PEEK_BYTES);
        const title = findTitle(toValues(tail)) ?? findPrompt(toValues(head));
        return title === undefined ? undefined : { sessionId, lastModified, title };
      } catch (error) {
        const problem = error instanceof Error ? error.message : String(error);
        return { sessionId, lastModified, title: `Damaged session ${sessionId.slice(0, 8)}`, problem };
      }
    }),
  );
  return sessions.filter((session) => session !== undefined);
}

const given = z.looseObject({ type: z.literal('custom-title'), customTitle: z.string().min(1) });
const said = z.looseObject({
  type: z.literal('user'),
  isMeta: z.literal(false).optional(),
  isSidechain: z.literal(false).optional(),
  message: z.looseObject({
    content: z.union([z.string(), z.array(z.looseObject({ type: z.string(), text: z.string().optional() }))]),
  }),
});

function findTitle(values: readonly unknown[]): string | undefined {
  for (const value of [...values].reverse()) {
    const title = given.safeParse(value).data?.customTitle;
    if (title !== undefined) return title;
  }
  return undefined;
}

function findPrompt(values: readonly unknown[]): string | undefined {
  for (const value of values) {
    const content = said.safeParse(value).data?.message.content;
    if (content === undefined) continue;
    const text = typeof content === 'string' ? content : content.map((part) => part.text ?? '').join('\n');
    // The program's own words begin with a mark.
    if (text.trim() !== '' && !text.trimStart().startsWith('<')) return toTitle(text);
  }
  return undefined;
}

function toValues(bytes: Uint8Array): unknown[] {
  return new TextDecoder()
    .decode(bytes)
    .split('\n')
    .map((line) => {
      try {
        return JSON.parse(line);
      } catch {
        // Cut by the edge of what was read, or damaged.
        return undefined;
      }
    });
}
