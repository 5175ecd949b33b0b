// A model without think time, for measuring what a client costs: how often it calls a tool stands in the prompt.

import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface InstantModel {
  readonly url: string;
  /** Resolves when the next request for a reply has come whole. */
  nextRequest(): Promise<void>;
  close(): Promise<void>;
}

/** Prompts: `read N`, `bash N`: that many turns with a call each, then a word. `deltas N`: a reply in so many pieces. */
export async function startInstantModel(file: string): Promise<InstantModel> {
  const waiting = new Set<() => void>();
  const onRequest = (): void => {
    for (const tell of waiting) tell();
    waiting.clear();
  };
  const server = createServer((request, response) => void answer(request, response, { file, onRequest }));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    nextRequest: () => new Promise((resolve) => void waiting.add(resolve)),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

interface Block {
  readonly type: string;
  readonly text?: string;
}

interface Body {
  readonly stream?: boolean;
  readonly model: string;
  readonly messages: readonly { readonly role: string; readonly content: string | readonly Block[] }[];
}

interface Asked {
  readonly file: string;
  readonly onRequest: () => void;
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  { file, onRequest }: Asked,
): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const path = (request.url ?? '').split('?')[0];
  if (path !== '/v1/messages') {
    response.writeHead(path === '/v1/messages/count_tokens' ? 200 : 404, {
      'content-type': 'application/json',
    });
    response.end(JSON.stringify({ input_tokens: 100 }));
    return;
  }
  onRequest();
  const body = JSON.parse(Buffer.concat(chunks).toString()) as Body;
  const blocks = toReply(body, file);
  if (body.stream === true) {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.end(toEvents(body.model, blocks).join(''));
  } else {
    const content = blocks.map(({ start, text }) =>
      text === undefined ? start : { ...start, text: text.join('') },
    );
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ ...toMessage(body.model), content, stop_reason: 'end_turn' }));
  }
}

interface ReplyBlock {
  readonly start: object;
  /** Pieces of a text. */
  readonly text?: readonly string[];
  /** The JSON of a tool's input. */
  readonly input?: string;
}

function toReply({ messages }: Body, file: string): readonly ReplyBlock[] {
  const blocks = messages.flatMap(({ role, content }) =>
    role !== 'user' ? [] : typeof content === 'string' ? [{ type: 'text', text: content }] : content,
  );
  const asked = blocks.map(({ text }) => /^(read|bash|deltas) (\d+)$/.exec(text?.trim() ?? '')).find(Boolean);
  const [, what = '', count = '0'] = asked ?? [];
  const done = blocks.filter(({ type }) => type === 'tool_result').length;
  if (what === 'deltas') {
    return [toText(Array.from({ length: Number(count) }, (_, index) => `word ${index} `))];
  }
  if (done >= Number(count)) return [toText(['Done.'])];
  const [name, input] =
    what === 'read'
      ? ['Read', { file_path: file, offset: done + 1, limit: 1 }]
      : ['Bash', { command: `echo ${done}`, description: 'Say a number' }];
  const start = { type: 'tool_use', id: `toolu_${done}`, name, input: {} };
  return [{ start, input: JSON.stringify(input) }];
}

function toText(text: readonly string[]): ReplyBlock {
  return { start: { type: 'text', text: '' }, text };
}

let made = 0;

function toMessage(model: string): object {
  made += 1;
  return {
    id: `msg_${made}`,
    type: 'message',
    role: 'assistant',
    model,
    content: [],
    stop_reason: null,
    stop_sequence: null,
    usage: { input_tokens: 100, output_tokens: 10 },
  };
}

function toEvents(model: string, blocks: readonly ReplyBlock[]): readonly string[] {
  const hasCall = blocks.some(({ input }) => input !== undefined);
  return [
    { type: 'message_start', message: toMessage(model) },
    ...blocks.flatMap(({ start, text = [], input }, index) => [
      { type: 'content_block_start', index, content_block: start },
      ...text.map((piece) => ({
        type: 'content_block_delta',
        index,
        delta: { type: 'text_delta', text: piece },
      })),
      ...(input === undefined
        ? []
        : [{ type: 'content_block_delta', index, delta: { type: 'input_json_delta', partial_json: input } }]),
      { type: 'content_block_stop', index },
    ]),
    {
      type: 'message_delta',
      delta: { stop_reason: hasCall ? 'tool_use' : 'end_turn', stop_sequence: null },
      usage: { output_tokens: 10 },
    },
    { type: 'message_stop' },
  ].map((event) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`);
}
