/** Messages and requests that no other test of the official SDK looks at: compaction, hooks as they run, thinking, more input. */
import type { SDKMessage, SDKUserMessage } from '@anthropic-ai/claude-agent-sdk';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createWorld, type World } from '../support/conformance/sdkSession.ts';
import { text, toolUse } from '../support/modelServer/steps.ts';

let world: World;

beforeEach(async () => {
  world = await createWorld();
});

afterEach(() => world.dispose());

function ofSubtype<Subtype extends string>(subtype: Subtype) {
  return (message: SDKMessage): message is Extract<SDKMessage, { type: 'system'; subtype: Subtype }> =>
    message.type === 'system' && message.subtype === subtype;
}

describe('a compaction', () => {
  it('is told: that it is under way, and where the conversation was cut', async () => {
    const session = world.open();
    world.server.script([text('The sky is blue.')]);
    await session.ask('What colour is the sky?');
    world.server.script([text('They asked for the colour of the sky: blue.')]);
    await session.ask('/compact');
    expect(session.messages.filter(ofSubtype('status')).map(({ status }) => status)).toContain('compacting');
    expect(session.messages.find(ofSubtype('compact_boundary'))).toMatchObject({
      compact_metadata: { trigger: 'manual', pre_tokens: expect.any(Number) },
    });
    world.server.script([text('As I said.')]);
    await session.ask('And now?');
    expect(JSON.stringify(world.server.requests.at(-1)?.body.messages)).toContain(
      'the colour of the sky: blue',
    );
    expect(JSON.stringify(world.server.requests.at(-1)?.body.messages)).not.toContain('The sky is blue.');
  });
});

describe('a hook that runs', () => {
  it('is told with what became of it, where that is asked for', async () => {
    const hooks = { UserPromptSubmit: [{ hooks: [{ type: 'command', command: 'echo Mind the gap.' }] }] };
    await world.write('.claude/settings.json', JSON.stringify({ hooks }));
    world.server.script([text('Done.')]);
    const { messages } = await world.ask('Go.', { includeHookEvents: true });
    const [started] = messages.filter(ofSubtype('hook_started'));
    expect(started).toMatchObject({ hook_event: 'UserPromptSubmit' });
    expect(messages.filter(ofSubtype('hook_response'))).toMatchObject([
      { hook_id: started?.hook_id, outcome: 'success', exit_code: 0, stdout: 'Mind the gap.\n' },
    ]);
  });
});

describe('a conversation', () => {
  it('takes another amount of thinking for the turns that follow', async () => {
    const session = world.open({ model: 'claude-haiku-4-5' });
    world.server.script([text('One.')], [text('Two.')]);
    await session.ask('Go.');
    await session.query.setMaxThinkingTokens(2048);
    await session.ask('Go on.');
    const [before, after] = world.server.requests.map(({ body }) => body.thinking);
    expect(before).not.toEqual(after);
    expect(after).toMatchObject({ type: 'enabled', budget_tokens: 2048 });
  });

  it('takes more input than it was begun with', async () => {
    const session = world.open();
    world.server.script([text('One.')], [text('Two.')]);
    await session.ask('Go.');
    async function* more(): AsyncIterable<SDKUserMessage> {
      yield {
        type: 'user',
        parent_tool_use_id: null,
        message: { role: 'user', content: 'And another thing.' },
      };
    }
    await session.query.streamInput(more());
    expect(await session.result(2)).toMatchObject({ result: 'Two.' });
    expect(JSON.stringify(world.server.requests.at(-1)?.body.messages)).toContain('And another thing.');
  });
});

describe('structured output', () => {
  it('that never comes to fit ends the turn with an error of its own', async () => {
    const schema = { type: 'object', properties: { n: { type: 'number' } }, required: ['n'] };
    const wrong = [toolUse('StructuredOutput', { n: 'none' })];
    world.server.script(...Array.from({ length: 6 }, () => wrong));
    const { result } = await world.ask('How many?', { outputFormat: { type: 'json_schema', schema } });
    expect(result).toMatchObject({ subtype: 'error_max_structured_output_retries', is_error: true });
  });
});
