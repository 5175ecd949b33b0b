import { expect, test } from 'vitest';
import { buildRequestBody } from '../../../../src/core/model/buildRequestBody.ts';
import type { ApiMessage, ModelRequest } from '../../../../src/core/model/modelRequest.ts';
import { createModelTable } from '../../../../src/core/model/modelTable.ts';
import { createBodyWriter } from '../../../../src/core/model/writeBody.ts';

const table = createModelTable();
const system = ['Who you are.', '"Where"\nyou work.'];
const tools = [{ name: 'Read', description: 'Reads.', input_schema: { type: 'object' } }];

function says(text: string): ApiMessage {
  return { role: 'user', content: [{ type: 'text', text }] };
}

function request(fields: Partial<ModelRequest> = {}): ModelRequest {
  return { model: 'claude-sonnet-5-5', system, tools, messages: [says('hi')], maxTokens: 1000, ...fields };
}

test('what is written is the JSON of the body, in every request of a session and when its prefix changes', () => {
  const write = createBodyWriter();
  const requests = [
    request(),
    request({ messages: [says('hi'), { role: 'assistant', content: [] }, says('\u2028"ü\ud83d\ude00')] }),
    request({ model: 'llama-4', maxTokens: 7 }),
    request({ tools: [] }),
    request({ tools: [...tools, { name: 'Bash', description: 'Runs.', input_schema: {} }], effort: 'high' }),
    request({ system: [] }),
    request({ system: [...system, 'More.'] }),
    request(),
  ];
  for (const each of requests) {
    const row = table.get(each.model);
    expect(write(each, row)).toBe(JSON.stringify(buildRequestBody(each, row)));
  }
});
