import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { callResult, MAX_TEXT, toResultBlocks } from '../../../../src/core/mcp/resultContent.ts';
import { wholeCharacter } from '../../../support/anyCharacter.ts';

function blocksOf(result: unknown) {
  return toResultBlocks(callResult.parse(result));
}

const text = (body: string) => ({ type: 'text', text: body });
const png = 'iVBORw0KGgoAAAAA';
const jpeg = '/9j/4AAQSkZJRgAA';

describe('what a server answered', () => {
  it('comes through as text', () => {
    expect(blocksOf({ content: [text('one'), text(''), text('two')] })).toEqual([text('one'), text('two')]);
  });

  it('is never empty', () => {
    expect(blocksOf({})).toEqual([text('(The tool answered with nothing.)')]);
    expect(blocksOf({ content: [text('  ')] })).toEqual([text('(The tool answered with nothing.)')]);
  });

  it('is its structured content when there is nothing else to read', () => {
    expect(blocksOf({ content: [], structuredContent: { a: 1 } })).toEqual([text('{"a":1}')]);
    expect(blocksOf({ content: [text('one')], structuredContent: { a: 1 } })).toEqual([text('one')]);
  });

  it('has images with the type that their bytes have', () => {
    const image = (mimeType: string, data: string) => ({ content: [{ type: 'image', mimeType, data }] });
    const block = (media_type: string, data: string) => ({
      type: 'image',
      source: { type: 'base64', media_type, data },
    });
    expect(blocksOf(image('image/png', png))).toEqual([block('image/png', png)]);
    expect(blocksOf(image('image/png', jpeg))).toEqual([block('image/jpeg', jpeg)]);
  });

  it('names what the API does not take instead of showing it', () => {
    const content = [
      { type: 'image', mimeType: 'image/svg+xml', data: 'PHN2Zz48' },
      { type: 'image', mimeType: 'image/png', data: 'not base64!' },
      { type: 'audio', mimeType: 'audio/wav', data: 'UklGRiQA' },
      { type: 'image', data: png },
      { type: 'hologram' },
    ];
    expect(blocksOf({ content })).toEqual([
      text("[image/svg+xml, 6 bytes: can't be shown]"),
      text('[image/png: left out, because it is not valid base64]'),
      text("[audio/wav, 6 bytes: can't be shown]"),
      text("[A part of the answer (image) is broken and can't be shown.]"),
      text('[A part of the answer is of the type "hologram" and can\'t be shown.]'),
    ]);
  });

  it('has resources as text, documents and links', () => {
    const content = [
      { type: 'resource', resource: { uri: 'file:///a.txt', text: 'inside' } },
      { type: 'resource', resource: { uri: 'file:///a.pdf', mimeType: 'application/pdf', blob: 'JVBERi0x' } },
      { type: 'resource', resource: { uri: 'file:///a.bin', blob: 'AAAA' } },
      { type: 'resource_link', uri: 'file:///b.txt', name: 'b', description: 'The other' },
    ];
    expect(blocksOf({ content })).toEqual([
      text('[Resource file:///a.txt]\ninside'),
      { type: 'document', source: { type: 'base64', media_type: 'application/pdf', data: 'JVBERi0x' } },
      text("[application/octet-stream, file:///a.bin, 3 bytes: can't be shown]"),
      text('[Resource link (b: The other)] file:///b.txt'),
    ]);
  });

  it('is cut with a word on it when it is too long', () => {
    const blocks = blocksOf({ content: [text('a'.repeat(MAX_TEXT - 1)), text('bcd'), text('e')] });
    expect(blocks.slice(1)).toEqual([
      text('b'),
      text(
        `[The answer was cut: 3 of ${MAX_TEXT + 3} characters are left out. Ask the tool for less, or for a part.]`,
      ),
    ]);
  });

  it('has no more than so many parts', () => {
    const blocks = blocksOf({ content: Array.from({ length: 600 }, () => text('x')) });
    expect(blocks).toHaveLength(501);
    expect(blocks.at(-1)).toEqual(text('[The answer was cut: 100 of its 600 parts are left out.]'));
  });

  it('is always something that the API takes', () => {
    const block = fc.oneof(
      fc.record({ type: fc.constant('text'), text: fc.string({ unit: wholeCharacter }) }),
      fc.record({ type: fc.constantFrom('image', 'audio'), mimeType: fc.string(), data: fc.base64String() }),
      fc.record({ type: fc.string() }),
    );
    void fc.assert(
      fc.property(fc.array(block), (content) => {
        const blocks = blocksOf({ content });
        expect(blocks.length).toBeGreaterThan(0);
        for (const each of blocks) {
          if (each.type === 'text') expect(each.text.trim()).not.toBe('');
          if (each.type === 'text') expect(each.text).not.toMatch(/\p{Surrogate}/u);
        }
      }),
    );
  });
});
