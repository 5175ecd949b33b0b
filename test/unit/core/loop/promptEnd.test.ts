import { describe, expect, it } from 'vitest';
import { createHarness } from '../../../support/agentHarness.ts';
import { reply } from '../../../support/scriptedModel.ts';

const badImage = {
  type: 'image',
  source: { type: 'base64', media_type: 'image/png', data: 'no image at all' },
};

describe('a prompt that can not be sent', () => {
  it('ends with an error result, and is no part of the conversation', async () => {
    const harness = createHarness({ replies: [reply([{ type: 'text', text: 'Hello.' }])] });
    await harness.send('', { message: { role: 'user', content: [badImage] } });
    expect(await harness.result(1)).toMatchObject({
      subtype: 'error_during_execution',
      is_error: true,
      num_turns: 0,
      failure: { kind: 'invalid_request', title: 'The message was not sent' },
    });
    expect(await harness.ask('Hello?')).toMatchObject({ subtype: 'success', result: 'Hello.' });
    expect(harness.model.requests).toHaveLength(1);
    expect(harness.model.requests[0]?.messages).toHaveLength(1);
  });

  it('that is no message at all ends with one too', async () => {
    const harness = createHarness({ replies: [] });
    await harness.send('', { message: { role: 'user', content: 7 } });
    expect(await harness.result(1)).toMatchObject({
      is_error: true,
      errors: [expect.stringContaining('could not be read')],
    });
  });

  it('that is empty ends with one too, behind the prompt that came before it', async () => {
    const harness = createHarness({ replies: [reply([{ type: 'text', text: 'First.' }])] });
    await harness.send('First?');
    await harness.send('');
    await harness.result(2);
    expect(harness.ofType('result')).toMatchObject([
      { result: 'First.' },
      { is_error: true, errors: [expect.stringContaining('empty')] },
    ]);
  });
});

describe('the usage of a result', () => {
  const cached = {
    input_tokens: 5,
    output_tokens: 1,
    cache_creation_input_tokens: 30,
    cache_read_input_tokens: 7,
    cache_creation: { ephemeral_5m_input_tokens: 10, ephemeral_1h_input_tokens: 20 },
    server_tool_use: { web_search_requests: 2, web_fetch_requests: 1 },
    output_tokens_details: { thinking_tokens: 3 },
    service_tier: 'priority',
    inference_geo: 'eu',
  };
  const withUsage = reply([{ type: 'text', text: 'Hello.' }]).map((event) =>
    event.type === 'message_start' ? { ...event, message: { ...event.message, usage: cached } } : event,
  );

  it('has every field, and so has what is counted for the model', async () => {
    const result = await createHarness({ replies: [withUsage] }).ask('Hello?');
    expect(result.usage).toEqual({ ...cached, output_tokens: 10, iterations: [] });
    expect(result.modelUsage).toMatchObject({
      'claude-opus-5-5': {
        inputTokens: 5,
        outputTokens: 10,
        thinkingTokens: 3,
        cacheReadInputTokens: 7,
        cacheCreationInputTokens: 30,
        cacheCreationEphemeral5mInputTokens: 10,
        cacheCreationEphemeral1hInputTokens: 20,
        webSearchRequests: 2,
        canonicalModel: 'claude-opus-5-5',
      },
    });
  });

  it('has them all where the provider tells few', async () => {
    const { usage } = await createHarness({ replies: [reply([{ type: 'text', text: 'Hello.' }])] }).ask('?');
    expect(usage).toMatchObject({
      cache_creation: { ephemeral_5m_input_tokens: 0, ephemeral_1h_input_tokens: 0 },
      server_tool_use: { web_search_requests: 0, web_fetch_requests: 0 },
      output_tokens_details: { thinking_tokens: 0 },
      service_tier: 'standard',
    });
  });
});
