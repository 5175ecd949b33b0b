import { describe, expect, it } from 'vitest';
import type { AnyTool } from '../../../../src/core/tools/tool.ts';
import type { AcceptedText, PermissionResult } from '../../../../src/protocol/permissions.ts';
import { createHarness, fakeTool } from '../../../support/agentHarness.ts';
import { reply } from '../../../support/scriptedModel.ts';
import { call, createHookHarness, lastBlocks, resultsOf, text } from '../hooks/hookHarness.ts';

const accepted: AcceptedText = { content: 'mine\n', before: 'old\n', note: 'So.' };
const input = { file_path: '/w/a.txt', content: 'new\n' };
const replies = [reply([call('t1', 'Write', input)]), reply([text('done')])];

/** A tool that writes a file, and the texts it was given in place of its own. */
function createWriter(takesAcceptedText: boolean) {
  const ran: (AcceptedText | undefined)[] = [];
  const base = fakeTool({
    name: 'Write',
    readOnly: false,
    effects: [{ kind: 'write', path: '/w/a.txt' }],
    run: async () => 'written',
  });
  const tool: AnyTool = {
    ...base,
    takesAcceptedText,
    // biome-ignore lint/correctness/useYield: there is nothing to say
    async *run(_input, context) {
      ran.push(context.accepted);
      return { output: 'written', isError: false };
    },
  };
  return { tool, ran };
}

async function runWith(answer: PermissionResult, { takesAcceptedText = true } = {}) {
  const { tool, ran } = createWriter(takesAcceptedText);
  const harness = createHarness({
    replies,
    tools: [tool],
    onQuestion: async () => answer,
  });
  await harness.ask('go');
  return { ran, results: resultsOf(lastBlocks(harness, 2)) };
}

describe('a text that came with the permission', () => {
  it('is given to the tool', async () => {
    expect((await runWith({ behavior: 'allow', belay_accepted: accepted })).ran).toEqual([accepted]);
    const same = { ...input };
    const answer = { behavior: 'allow', updatedInput: same, belay_accepted: accepted } as const;
    expect((await runWith(answer)).ran).toEqual([accepted]);
  });

  it('is absent from a plain answer', async () => {
    expect((await runWith({ behavior: 'allow' })).ran).toEqual([undefined]);
  });

  it('does not count for another input than was shown: nothing is run', async () => {
    const updatedInput = { ...input, file_path: '/w/b.txt' };
    const { ran, results } = await runWith({ behavior: 'allow', updatedInput, belay_accepted: accepted });
    expect(ran).toEqual([]);
    expect(results).toEqual([{ isError: true, content: expect.stringContaining('not for this call') }]);
  });

  it('does not count for a tool that writes no text: nothing is run', async () => {
    const answer = { behavior: 'allow', belay_accepted: accepted } as const;
    expect((await runWith(answer, { takesAcceptedText: false })).ran).toEqual([]);
  });

  it('is worth nothing when a hook brings it', async () => {
    const { tool, ran } = createWriter(true);
    const decision = { behavior: 'allow', belay_accepted: accepted };
    const hookSpecificOutput = { hookEventName: 'PermissionRequest', decision, belay_accepted: accepted };
    const harness = await createHookHarness({
      replies,
      tools: [tool],
      hooks: [{ event: 'PermissionRequest', answer: () => ({ hookSpecificOutput }) }],
    });
    await harness.ask('go');
    expect(harness.questions).toEqual([]);
    expect(ran).toEqual([undefined]);
  });
});
