import { describe, expect, test } from 'vitest';
import { toContentBlocks } from '../../../../src/core/input/toContentBlocks.ts';
import type { ContentBlock } from '../../../../src/protocol/blocks.ts';

const text = (value: string): ContentBlock => ({ type: 'text', text: value });
const image = (media_type: string, data: string): ContentBlock => ({
  type: 'image',
  source: { type: 'base64', media_type, data },
});
const document = (media_type: string, data: string): ContentBlock => ({
  type: 'document',
  source: { type: 'base64', media_type, data },
});
const base64 = (...bytes: number[]) => Buffer.from(bytes).toString('base64');
const PNG = base64(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 13);
const JPEG = base64(0xff, 0xd8, 0xff, 0xe0, 0, 16, 0x4a, 0x46);
const GIF = Buffer.from('GIF89a\u0001').toString('base64');
const WEBP = base64(0x52, 0x49, 0x46, 0x46, 0x24, 0x3f, 0, 0, 0x57, 0x45, 0x42, 0x50, 0x56);

describe('what a person gave becomes blocks', () => {
  test('a string is one text', () => {
    expect(toContentBlocks(' hi ')).toEqual({ kind: 'blocks', blocks: [text(' hi ')] });
  });

  test('blocks stay as they are, without empty texts', () => {
    const blocks: ContentBlock[] = [
      text('look'),
      image('image/png', PNG),
      document('application/pdf', 'JVBERi0='),
      { type: 'document', source: { type: 'text', media_type: 'text/plain', data: 'x' }, title: 'a.txt' },
      { type: 'image', source: { type: 'url', url: 'https://example.org/a.png' } },
      { type: 'cache_point' },
    ];
    expect(toContentBlocks([text(''), ...blocks, text(' \n')])).toEqual({ kind: 'blocks', blocks });
  });

  test.each([
    ['image/png', JPEG, 'image/jpeg'],
    ['image/jpeg', PNG, 'image/png'],
    ['image/png', GIF, 'image/gif'],
    ['image/png', WEBP, 'image/webp'],
    ['image/bmp', PNG, 'image/png'],
    ['image/png', base64(1, 2, 3), 'image/png'],
  ])('an image that says %s has the type of its bytes', (claimed, data, type) => {
    expect(toContentBlocks([image(claimed, data)])).toEqual({ kind: 'blocks', blocks: [image(type, data)] });
  });
});

describe('refused with what to do about it is', () => {
  test.each<[string, string | ContentBlock[], string]>([
    ['an empty message', ' \n', 'The message is empty, so it was not sent.'],
    ['a message of empty texts', [text('')], 'The message is empty, so it was not sent.'],
    ['no message at all', [], 'The message is empty, so it was not sent.'],
    [
      'an image of another type',
      [image('image/bmp', 'Qk0=')],
      "Images of type image/bmp can't be sent. Use PNG, JPEG, GIF or WebP.",
    ],
    [
      'an image with a data URL for data',
      [image('image/png', `data:image/png;base64,${PNG}`)],
      'The image is damaged: its data is not base64.',
    ],
    ['an image without data', [image('image/png', '')], 'The image is damaged: its data is not base64.'],
    [
      'an image that is too large',
      [image('image/png', 'A'.repeat(5_400_000))],
      'The image has 3.9 MB; at most 3.8 MB can be sent. Make it smaller first.',
    ],
    [
      'a document of another type',
      [document('application/msword', 'AAAA')],
      "Documents of type application/msword can't be sent. Use PDF or plain text.",
    ],
    [
      'a document that is too large',
      [document('application/pdf', 'A'.repeat(33_000_000))],
      'The document has 23.6 MB; at most 23.0 MB can be sent. Make it smaller first.',
    ],
    [
      'a call of a tool',
      [{ type: 'tool_use', id: '1', name: 'Bash', input: {} }],
      'A "tool_use" block is the model\'s own and can\'t be part of a user message.',
    ],
    [
      'thinking',
      [text('x'), { type: 'thinking', thinking: 'x', signature: 'y' }],
      'A "thinking" block is the model\'s own and can\'t be part of a user message.',
    ],
  ])('%s', (_name, content, problem) => {
    expect(toContentBlocks(content)).toEqual({ kind: 'refused', problem });
  });
});
