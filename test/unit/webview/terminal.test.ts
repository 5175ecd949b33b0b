import { describe, expect, test } from 'vitest';
import { type AnsiRun, PLAIN, parseAnsi } from '../../../webview/terminal/parseAnsi.ts';

const plain = (text: string): AnsiRun => ({ text, style: PLAIN });

describe('terminal output', () => {
  test('is lines of plain text', () => {
    expect(parseAnsi('one\ntwo\r\nthree')).toEqual([[plain('one')], [plain('two')], [plain('three')]]);
  });

  test('keeps colours and weights across lines until they are reset', () => {
    const red = { ...PLAIN, foreground: 1 };
    expect(parseAnsi('\u001b[31ma\nb\u001b[1mc\u001b[0md')).toEqual([
      [{ text: 'a', style: red }],
      [{ text: 'b', style: red }, { text: 'c', style: { ...red, isBold: true } }, plain('d')],
    ]);
  });

  test.each([
    ['\u001b[94m', { foreground: 12 }],
    ['\u001b[38;5;9m', { foreground: 9 }],
    ['\u001b[38;5;196m', { foreground: 'rgb(255, 0, 0)' }],
    ['\u001b[48;5;244m', { background: 'rgb(128, 128, 128)' }],
    ['\u001b[38;2;1;2;300m', { foreground: 'rgb(1, 2, 255)' }],
    ['\u001b[1;4;7m', { isBold: true, isUnderlined: true, isInverse: true }],
    ['\u001b[31m\u001b[39m', {}],
    ['\u001b[1m\u001b[22m', {}],
    ['\u001b[31m\u001b[m', {}],
  ])('knows %j', (sequence, style) => {
    expect(parseAnsi(`${sequence}x`)).toEqual([[{ text: 'x', style: { ...PLAIN, ...style } }]]);
  });

  test('starts a line over at a carriage return, as progress bars want', () => {
    expect(parseAnsi('10%\r20%\r30%\ndone\r\n')).toEqual([[plain('30%')], [plain('done')], []]);
    expect(parseAnsi('10%\u001b[32m\r20%')).toEqual([[{ text: '20%', style: { ...PLAIN, foreground: 2 } }]]);
  });

  test('drops every other sequence, and half a sequence at the end', () => {
    expect(
      parseAnsi('a\u001b[2Kb\u001b]8;;http://x\u0007c\u001b]0;title\u001b\\d\u0000\u0007e\u001b(Bf\u001b[3'),
    ).toEqual([['a', 'b', 'c', 'd', 'e', 'f'].map(plain)]);
  });

  test('takes characters back at a backspace', () => {
    expect(parseAnsi('abc\b\bd')).toEqual([[plain('ad')]]);
  });
});
