import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeText, encodeText } from '../../../../src/core/tools/textEncoding.ts';

const utf8 = (text: string) => new TextEncoder().encode(text);

describe('decodeText', () => {
  it('tells encodings by their marks and their bytes', () => {
    expect(decodeText(utf8('aé€😀'))).toEqual({ encoding: 'utf-8', bom: false, text: 'aé€😀' });
    expect(decodeText(utf8('\ufeffa'))).toEqual({ encoding: 'utf-8', bom: true, text: 'a' });
    expect(decodeText(Uint8Array.of(0xff, 0xfe, 0x61, 0, 0xac, 0x20))).toEqual({
      encoding: 'utf-16le',
      bom: true,
      text: 'a€',
    });
    expect(decodeText(Uint8Array.of(0xfe, 0xff, 0, 0x61, 0x20, 0xac))).toEqual({
      encoding: 'utf-16be',
      bom: true,
      text: 'a€',
    });
    expect(decodeText(Uint8Array.of(0x63, 0x61, 0x66, 0xe9))).toEqual({
      encoding: 'latin-1',
      bom: false,
      text: 'café',
    });
    expect(decodeText(new Uint8Array())).toEqual({ encoding: 'utf-8', bom: false, text: '' });
  });

  it('calls binary what holds a NUL, or half a unit of UTF-16', () => {
    expect(decodeText(Uint8Array.of(0x61, 0, 0x62))).toBeUndefined();
    expect(decodeText(Uint8Array.of(0xff, 0xfe, 0x61))).toBeUndefined();
  });
});

describe('encodeText', () => {
  it('gives the same bytes back, whatever they were', async () => {
    const mark = fc.constantFrom([], [0xef, 0xbb, 0xbf], [0xff, 0xfe], [0xfe, 0xff]);
    await fc.assert(
      fc.property(mark, fc.uint8Array({ maxLength: 200 }), (start, body) => {
        const bytes = Uint8Array.from([...start, ...body]);
        const decoded = decodeText(bytes);
        fc.pre(decoded !== undefined);
        expect(encodeText(decoded.text, decoded)).toEqual({ kind: 'encoded', bytes });
      }),
      { numRuns: 2000 },
    );
  });

  it('refuses what the encoding can not hold', () => {
    expect(encodeText('a€', { encoding: 'latin-1', bom: false })).toEqual({
      kind: 'unencodable',
      character: '€',
    });
    expect(encodeText('a\ud800b', { encoding: 'utf-8', bom: false })).toEqual({
      kind: 'unencodable',
      character: '\ud800',
    });
    expect(encodeText('😀', { encoding: 'utf-8', bom: false })).toEqual({
      kind: 'encoded',
      bytes: utf8('😀'),
    });
  });
});
