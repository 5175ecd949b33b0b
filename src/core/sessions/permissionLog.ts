/** The permission log of a session: a line of its transcript for each call that was decided on. The model never sees it. */
import * as z from 'zod';
import { readLines } from './readLines.ts';
import type { TranscriptStore } from './transcriptStore.ts';

export const PERMISSION_DECIDED = 'belay/permission_decided';

export const permissionDecidedLine = z.looseObject({
  type: z.literal(PERMISSION_DECIDED),
  sessionId: z.string(),
  /** When: as ISO 8601. */
  timestamp: z.string(),
  tool_name: z.string(),
  tool_use_id: z.string(),
  /** The subagent that called; absent: the main agent. */
  agent_id: z.string().optional(),
  /** The command, file or address that it is about; empty: the call has none. */
  subject: z.string(),
  decision: z.enum(['allow', 'deny']),
  who: z.enum(['rule', 'mode', 'hook', 'person', 'sandbox', 'belay', 'nobody']),
  /** For a person. */
  reason: z.string(),
  /** The rule that decided, as it is written in settings, and whose it is. */
  rule: z.string().optional(),
  layer: z.string().optional(),
  /** What a person chose to have remembered with the answer, with the place. */
  remembered: z.array(z.string()).optional(),
});
export type PermissionDecidedLine = z.infer<typeof permissionDecidedLine>;

/** As Session.record writes it. */
const START = new TextEncoder().encode(`{"type":"${PERMISSION_DECIDED}"`);

/** Oldest first. A line that is damaged is left out. */
export async function readPermissionLog(
  store: Pick<TranscriptStore, 'openToRead'>,
  sessionId: string,
): Promise<readonly PermissionDecidedLine[]> {
  const file = await store.openToRead(sessionId);
  const decided: PermissionDecidedLine[] = [];
  try {
    for await (const lines of readLines(file)) {
      for (const { bytes } of lines) {
        const line = bytes === undefined ? undefined : parseLine(bytes);
        if (line !== undefined) decided.push(line);
      }
    }
  } finally {
    await file.close();
  }
  return decided;
}

function parseLine(bytes: Uint8Array): PermissionDecidedLine | undefined {
  if (!START.every((byte, index) => bytes[index] === byte)) return undefined;
  try {
    return permissionDecidedLine.safeParse(JSON.parse(new TextDecoder().decode(bytes))).data;
  } catch (error) {
    // Torn by a crash, say: what is left of it is no decision.
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
