import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { planEdit } from '../../../../src/core/tools/planEdit.ts';
import { decodeText, encodeText, type TextFormat } from '../../../../src/core/tools/textEncoding.ts';

const utf8 = (text: string) => new TextEncoder().encode(text);
const read = (bytes: Uint8Array) => new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);

function edit(text: string, oldString: string, newString: string, replaceAll = false): string {
  const plan = planEdit(utf8(text), { oldString, newString, replaceAll });
  return plan.kind === 'planned' ? read(plan.bytes) : plan.reason;
}

describe('line ends', () => {
  it('are those of the replaced lines, else of the neighbours', () => {
    expect(edit('a\r\nb\r\nc\r\n', 'b', 'x\ny')).toBe('a\r\nx\r\ny\r\nc\r\n');
    expect(edit('a\nb\r\nc\n', 'c', 'c\nd')).toBe('a\nb\r\nc\r\nd\n');
    expect(edit('a\r\n', 'a', 'x\ny')).toBe('x\r\ny\r\n');
    expect(edit('a', 'a', 'x\ny')).toBe('x\ny');
  });

  it('that an edit leaves as they are stay mixed as they were', () => {
    expect(edit('a\r\nb\nc\r\nd\n', 'a\nb\nc\nd', 'a\nb\nX\nd')).toBe('a\r\nb\nX\r\nd\n');
  });

  it('may be given either way', () => {
    expect(edit('a\r\nb\r\n', 'a\r\nb', 'x\r\ny')).toBe('x\r\ny\r\n');
    expect(edit('a\nb\n', 'a\r\nb', 'x\r\ny')).toBe('x\ny\n');
  });

  it('are not added at the end of the file', () => {
    expect(edit('a\nb', 'b', 'c')).toBe('a\nc');
  });
});

describe('bytes outside the edit', () => {
  const formats: readonly TextFormat[] = [
    { encoding: 'utf-8', bom: false },
    { encoding: 'utf-8', bom: true },
    { encoding: 'utf-16le', bom: true },
    { encoding: 'utf-16be', bom: true },
    { encoding: 'latin-1', bom: false },
  ];
  const piece = fc.constantFrom('\r\n', '\n', '\r', 'a', 'bc', 'é', ' ', '\t');

  it('never change: any encoding, any line ends, any place', async () => {
    const text = fc.array(piece, { maxLength: 30 }).map((parts) => parts.join(''));
    await fc.assert(
      fc.property(fc.constantFrom(...formats), text, text, text, (format, before, after, inserted) => {
        // é makes Latin-1 bytes that are no UTF-8, so that the file is read as what it was written as.
        const outcome = encodeText(`${before}é|OLD|${after}`, format);
        if (outcome.kind !== 'encoded') throw new Error('not encodable');
        fc.pre(format.encoding !== 'latin-1' || decodeText(outcome.bytes)?.encoding === 'latin-1');
        const plan = planEdit(outcome.bytes, {
          oldString: '|OLD|',
          newString: `<${inserted}>`,
          replaceAll: false,
        });
        if (plan.kind !== 'planned') throw new Error(plan.reason);
        const head = encodeText(`${before}é`, format);
        const tail = encodeText(after, { ...format, bom: false });
        if (head.kind !== 'encoded' || tail.kind !== 'encoded') throw new Error('not encodable');
        expect(plan.bytes.subarray(0, head.bytes.length)).toEqual(head.bytes);
        expect(plan.bytes.subarray(plan.bytes.length - tail.bytes.length)).toEqual(tail.bytes);
        expect(decodeText(plan.bytes)).toMatchObject(format);
      }),
      { numRuns: 1000 },
    );
  });

  it('never change between the places of an edit of all', async () => {
    const text = fc.array(piece, { maxLength: 20 }).map((parts) => parts.join(''));
    await fc.assert(
      fc.property(fc.array(text, { minLength: 2, maxLength: 5 }), (parts) => {
        expect(edit(parts.join('OLD'), 'OLD', 'NEW', true)).toBe(parts.join('NEW'));
      }),
    );
  });

  it('are found again when the edit is taken back', () => {
    const bytes = utf8('\ufeffone\r\ntwo\nthree');
    const there = planEdit(bytes, { oldString: 'two', newString: 'zwei', replaceAll: false });
    if (there.kind !== 'planned') throw new Error(there.reason);
    const back = planEdit(there.bytes, { oldString: 'zwei', newString: 'two', replaceAll: false });
    expect(back).toMatchObject({ kind: 'planned', bytes });
  });
});

describe('a plan', () => {
  it('tells the text before and after, and the lines', () => {
    expect(planEdit(utf8('x\r\nx\r\ny'), { oldString: 'x', newString: 'z', replaceAll: true })).toEqual({
      kind: 'planned',
      bytes: utf8('z\r\nz\r\ny'),
      before: 'x\nx\ny',
      after: 'z\nz\ny',
      lines: [1, 2],
    });
  });

  it('fills an empty file, and takes the replacement literally', () => {
    expect(edit('', '', 'new')).toBe('new');
    expect(edit('price', 'price', "$& $1 $' $$")).toBe("$& $1 $' $$");
  });

  it('finds places that follow one another, not overlapping ones', () => {
    expect(edit('aaaa', 'aa', 'b', true)).toBe('bb');
    expect(edit('aaa', 'aa', 'b', true)).toBe('ba');
  });
});

describe('what can not be done', () => {
  it.each([
    ['a', 'a', 'a', /the same/],
    ['a\r\nb', 'a\r\nb', 'a\nb', /the same/],
    ['a', '', 'b', /empty, but the file is not/],
    ['a\0', 'a', 'b', /binary/],
    ['x = 1\nx = 1\n', 'x = 1', 'x = 2', /2 times \(lines 1, 2\).*replace_all/],
    ['    return 1;\n', '\treturn 1;', 'x', /only in the indentation[\s\S]*1\t {4}return 1;/],
    ['a  \nb\n', 'a\nb', 'x', /spaces at the end of lines[\s\S]*1\ta {2}\n/],
    ['say(“hi”)\n', 'say("hi")', 'x', /quotation marks/],
    ['foo( a )\n', 'foo(a)', 'x', /only in white space/],
    ['const Foo = 1', 'const foo = 1', 'x', /upper and lower case/],
    ['one\ntwo\n', '     1\tone\n     2\ttwo', 'x', /line numbers/],
    ['after\n', 'before', 'after', /may have been made already/],
    ['a\n', 'nothing like it', 'x', /Read the file/],
  ])('%j, %j to %j', (text, oldString, newString, reason) => {
    expect(edit(text, oldString, newString)).toMatch(reason);
  });

  it('names the character that the file can not hold', () => {
    const latin = Uint8Array.of(0xe9, 0x61);
    const plan = planEdit(latin, { oldString: 'a', newString: '→', replaceAll: false });
    expect(plan).toMatchObject({
      kind: 'refused',
      reason: expect.stringMatching(/Latin-1.*"→" \(U\+2192\)/),
    });
    const half = planEdit(utf8('a'), { oldString: 'a', newString: '\ud83d', replaceAll: false });
    expect(half).toMatchObject({ kind: 'refused', reason: expect.stringMatching(/U\+D83D/) });
  });
});
