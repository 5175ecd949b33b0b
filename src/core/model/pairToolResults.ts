/**
 * Every tool call has exactly one result in the very next user message, results first, in the order of the calls
 * (SECURITY F33, I2). A missing result is stood in for; a result without its call, and a second one, is left out.
 */
import type { ContentBlock, ToolResultBlock } from '../../protocol/blocks.ts';
import type { Run } from './toApiMessages.ts';

const MISSING = 'Interrupted: this call has no result. It may have run in part, or not at all.';

/** Takes and gives runs that alternate between the sides. */
export function pairToolResults(runs: readonly Run[]): Run[] {
  const called = new Set<string>();
  const paired: Run[] = [];
  let open: readonly string[] = [];
  for (const run of runs) {
    if (run.side === 'user') {
      paired.push(isAnswer(open, run.blocks) ? run : toAnswer(open, run));
      open = [];
      continue;
    }
    const blocks = run.blocks.filter((block) => block.type !== 'tool_use' || isNew(block.id, called));
    open = blocks.flatMap((block) => (block.type === 'tool_use' ? [block.id] : []));
    paired.push(blocks.length === run.blocks.length ? run : { ...run, blocks });
  }
  if (open.length > 0) paired.push({ side: 'user', blocks: answer(open, []), notices: [], paused: false });
  return paired;
}

/** As it should be: nearly all are, and each request looks at all there are. */
function isAnswer(ids: readonly string[], blocks: readonly ContentBlock[]): boolean {
  return (
    blocks.every((block, index) =>
      block.type === 'tool_result' ? block.tool_use_id === ids[index] : index >= ids.length,
    ) && blocks.length >= ids.length
  );
}

function toAnswer(ids: readonly string[], run: Run): Run {
  return { ...run, blocks: [...answer(ids, run.blocks), ...withoutResults(run.blocks)] };
}

function answer(ids: readonly string[], blocks: readonly ContentBlock[]): readonly ContentBlock[] {
  const results = new Map<string, ToolResultBlock>();
  for (const block of blocks) {
    if (block.type === 'tool_result' && !results.has(block.tool_use_id))
      results.set(block.tool_use_id, block);
  }
  return ids.map(
    (id) => results.get(id) ?? { type: 'tool_result', tool_use_id: id, content: MISSING, is_error: true },
  );
}

function withoutResults(blocks: readonly ContentBlock[]): readonly ContentBlock[] {
  return blocks.filter(({ type }) => type !== 'tool_result');
}

function isNew(id: string, called: Set<string>): boolean {
  if (called.has(id)) return false;
  called.add(id);
  return true;
}
