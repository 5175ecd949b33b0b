/** What the official Agent SDK must be able to do with Belay: turns, their messages, and how they go on. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createWorld, type World } from '../support/conformance/sdkSession.ts';
import { text } from '../support/modelServer/steps.ts';

let world: World;

beforeEach(async () => {
  world = await createWorld();
});

afterEach(() => world.dispose());

describe('a turn', () => {
  it('answers a prompt', async () => {
    world.server.script([text('Hello, world.')]);
    const { messages, result, thrown } = await world.ask('Say hello.');
    expect(thrown).toBeUndefined();
    expect(result).toMatchObject({
      subtype: 'success',
      is_error: false,
      result: 'Hello, world.',
      num_turns: 1,
      stop_reason: 'end_turn',
      permission_denials: [],
      usage: { output_tokens: 20 },
      modelUsage: { 'claude-opus-5-5': { outputTokens: 20 } },
    });
    const [assistant] = messages.filter((message) => message.type === 'assistant');
    expect(assistant?.message.content).toMatchObject([{ type: 'text', text: 'Hello, world.' }]);
    const init = messages.find((message) => message.type === 'system' && message.subtype === 'init');
    expect(init).toMatchObject({ cwd: world.folder, model: 'claude-opus-5-5', permissionMode: 'default' });
  });
});
