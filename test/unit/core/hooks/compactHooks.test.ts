import { describe, expect, it } from 'vitest';
import { createModelTable } from '../../../../src/core/model/modelTable.ts';
import type { ContentBlock } from '../../../../src/protocol/blocks.ts';
import { fakeTool } from '../../../support/agentHarness.ts';
import { reply } from '../../../support/scriptedModel.ts';
import { createHookHarness } from './hookHarness.ts';

const text = (said: string): ContentBlock => ({ type: 'text', text: said });
const call = (id: string, name: string, input: Record<string, unknown> = {}): ContentBlock => ({
  type: 'tool_use',
  id,
  name,
  input,
});
const small = () =>
  createModelTable({ listed: [{ id: 'claude-opus-5-5', contextWindow: 20_000, maxOutput: 8_000 }] });
const filling = (blocks: readonly ContentBlock[]) => reply(blocks, { outputTokens: 15_000 });
const look = fakeTool({ name: 'Look', run: async () => 'seen' });

describe('a PreCompact hook', () => {
  it('is told of /compact with its instructions, and keeps the conversation as it is with a block', async () => {
    const harness = await createHookHarness({
      replies: [reply([text('Hello.')]), reply([text('Still here.')])],
      hooks: [{ event: 'PreCompact', answer: () => ({ decision: 'block', reason: 'not now' }) }],
    });
    await harness.ask('Hello?');
    expect(await harness.ask('/compact keep the names')).toMatchObject({
      result: 'The conversation was not compacted: not now',
    });
    expect(harness.heard).toMatchObject([
      { hook_event_name: 'PreCompact', trigger: 'manual', custom_instructions: 'keep the names' },
    ]);
    await harness.ask('Are you there?');
    expect(JSON.stringify(harness.model.requests[1]?.messages)).toContain('Hello?');
  });

  it('is heard only for the trigger it matches', async () => {
    const harness = await createHookHarness({
      replies: [reply([text('Hello.')]), reply([text('We said hello.')])],
      hooks: [{ event: 'PreCompact', matcher: 'auto', answer: () => ({ decision: 'block', reason: 'no' }) }],
    });
    await harness.ask('Hello?');
    expect(await harness.ask('/compact')).toMatchObject({ result: 'The conversation was compacted.' });
    expect(harness.heard).toEqual([]);
  });

  it('is told which subagent it is about', async () => {
    const harness = await createHookHarness({
      tools: [look],
      options: {
        models: small,
        subagents: { definitions: { seer: { description: 'Looks.', prompt: 'You look.', tools: ['Look'] } } },
      },
      replies: [
        reply([call('1', 'Agent', { description: 'look', prompt: 'look', subagent_type: 'seer' })]),
        filling([call('2', 'Look')]),
        reply([text('I have seen it.')]),
        reply([text('Done.')]),
      ],
      hooks: [{ event: 'PreCompact', answer: () => ({ decision: 'block', reason: 'not now' }) }],
    });
    expect(await harness.ask('go')).toMatchObject({ subtype: 'success', result: 'Done.' });
    expect(harness.heard).toMatchObject([
      { hook_event_name: 'PreCompact', trigger: 'auto', agent_type: 'seer', agent_id: expect.any(String) },
    ]);
  });
});

describe('a SessionStart hook', () => {
  it.each([
    ['compact', '/compact', [reply([text('A summary.')])]],
    ['clear', '/clear', []],
  ] as const)('is told of a new beginning by %s, and what it says follows', async (source, command, more) => {
    const harness = await createHookHarness({
      replies: [reply([text('Hello.')]), ...more, reply([text('Again.')])],
      hooks: [
        {
          event: 'SessionStart',
          matcher: source,
          answer: () => ({
            hookSpecificOutput: { hookEventName: 'SessionStart', additionalContext: 'the build is red' },
          }),
        },
      ],
    });
    await harness.ask('Hello?');
    await harness.ask(command);
    expect(harness.heard).toMatchObject([{ hook_event_name: 'SessionStart', source }]);
    await harness.ask('And now?');
    const told = JSON.stringify(harness.model.requests.at(-1)?.messages);
    expect(told).toContain('A SessionStart hook says:');
    expect(told).toContain('the build is red');
    expect(told).not.toContain('Hello?');
  });
});
