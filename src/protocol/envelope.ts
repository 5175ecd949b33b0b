/** Fields that messages share. */
import * as z from 'zod';

export const envelope = { uuid: z.string(), session_id: z.string() };
/** `parent_tool_use_id`: of the call whose subagent says it; null: the main agent. */
export const threaded = { ...envelope, parent_tool_use_id: z.string().nullable() };
