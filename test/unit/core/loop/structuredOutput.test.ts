import { afterEach, describe, expect, it } from 'vitest';
import type { ContentBlock } from '../../../../src/protocol/blocks.ts';
import { createHarness, fakeTool, type Harness, type HarnessOptions } from '../../../support/agentHarness.ts';
import { reply } from '../../../support/scriptedModel.ts';

const jsonSchema = {
  type: 'object',
  properties: { total: { type: 'integer' }, names: { type: 'array', items: { type: 'string' } } },
  required: ['total'],
  additionalProperties: false,
};
const text = (said: string): ContentBlock => ({ type: 'text', text: said });
const answer = (input: Record<string, unknown>, id = 'call'): ContentBlock => ({
  type: 'tool_use',
  id,
  name: 'StructuredOutput',
  input,
});

const harnesses: Harness[] = [];
function start(setup: HarnessOptions): Harness {
  const harness = createHarness({ ...setup, options: { jsonSchema, ...setup.options } });
  harnesses.push(harness);
  return harness;
}
afterEach(() => Promise.all(harnesses.splice(0).map(({ agent }) => agent.close())));

describe('an answer in the form of a JSON schema', () => {
  it('is what StructuredOutput is called with, and ends the turn', async () => {
    const harness = start({ replies: [reply([answer({ total: 2, names: ['a', 'b'] })])] });
    const result = await harness.ask('count');
    expect(result).toMatchObject({
      subtype: 'success',
      is_error: false,
      num_turns: 1,
      structured_output: { total: 2, names: ['a', 'b'] },
      result: '{"total":2,"names":["a","b"]}',
    });
    const [request] = harness.model.requests;
    expect(request?.tools.at(-1)).toMatchObject({ name: 'StructuredOutput', input_schema: jsonSchema });
    expect(request?.system.at(-1)).toContain('StructuredOutput');
  });

  it('can come after other work, and the next turn goes on from it', async () => {
    const look = fakeTool({ name: 'Look', run: async () => 'two files' });
    const harness = start({
      tools: [look],
      replies: [
        reply([{ type: 'tool_use', id: 'look', name: 'Look', input: {} }]),
        reply([text('There are two.'), answer({ total: 2 })]),
        reply([answer({ total: 3 }, 'again')]),
      ],
    });
    expect(await harness.ask('count')).toMatchObject({
      structured_output: { total: 2 },
      result: 'There are two.',
    });
    expect(await harness.ask('and now?')).toMatchObject({ structured_output: { total: 3 } });
  });

  it('is asked for when the model ends without it', async () => {
    const harness = start({ replies: [reply([text('Two.')]), reply([answer({ total: 2 })])] });
    const result = await harness.ask('count');
    expect(result).toMatchObject({ subtype: 'success', num_turns: 2, structured_output: { total: 2 } });
    expect(JSON.stringify(harness.model.requests[1]?.messages.at(-1))).toContain('StructuredOutput');
  });

  it('is refused when it does not fit, with what is wrong', async () => {
    const harness = start({
      replies: [reply([answer({ total: 'two' })]), reply([answer({ total: 2 }, 'second')])],
    });
    const result = await harness.ask('count');
    expect(result).toMatchObject({ subtype: 'success', structured_output: { total: 2 } });
    const told = JSON.stringify(harness.model.requests[1]?.messages.at(-1));
    expect(told).toContain('total');
    expect(told).toContain('"is_error":true');
  });

  it('is given up after five more tries, whether it was missing or wrong', async () => {
    const missing = Array.from({ length: 3 }, () => reply([text('Two.')]));
    const wrong = Array.from({ length: 4 }, (_, index) => reply([answer({}, `wrong-${index}`)]));
    const harness = start({ replies: [...missing, ...wrong] });
    const result = await harness.ask('count');
    expect(result).toMatchObject({
      subtype: 'error_max_structured_output_retries',
      is_error: true,
      num_turns: 6,
    });
    expect(result.structured_output).toBeUndefined();
    expect(result.errors?.[0]).toContain('form that was asked for');
  });

  it('may be a choice between objects, which the API does not take at the top of a schema', async () => {
    const choice = { type: 'object', anyOf: [{ required: ['a'] }, { required: ['b'] }] };
    const harness = start({
      options: { jsonSchema: choice },
      replies: [reply([answer({ c: 1 })]), reply([answer({ b: 1 }, 'second')])],
    });
    expect(await harness.ask('choose')).toMatchObject({ num_turns: 2, structured_output: { b: 1 } });
    expect(harness.model.requests[0]?.tools.at(-1)?.input_schema).toEqual({ type: 'object' });
  });

  it('can be asked for by initialize, too', async () => {
    const harness = createHarness({ replies: [reply([answer({ total: 1 })])] });
    harnesses.push(harness);
    await harness.peer.request('initialize', { jsonSchema });
    expect(await harness.ask('count')).toMatchObject({ structured_output: { total: 1 } });
  });

  it('with a schema that is broken the session says so at once', async () => {
    const harness = start({
      replies: [],
      options: { jsonSchema: { type: 'object', properties: { a: { type: 'foo' } } } },
    });
    expect(await harness.result(1)).toMatchObject({
      subtype: 'error_during_execution',
      errors: [expect.stringContaining('Unsupported type: foo')],
      failure: { kind: 'invalid_request' },
    });
  });
});
