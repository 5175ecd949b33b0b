import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { StreamEvent } from '../../../src/protocol/streamEvents.ts';
import {
  applyWritten,
  findWrittenPath,
  type WrittenCall,
  WrittenCalls,
} from '../../../src/vscode/proposals/writtenCalls.ts';

const start = (name: string): StreamEvent => ({
  type: 'content_block_start',
  index: 1,
  content_block: { type: 'tool_use', id: 't1', name, input: {} },
});
const delta = (partial_json: string): StreamEvent => ({
  type: 'content_block_delta',
  index: 1,
  delta: { type: 'input_json_delta', partial_json },
});

/** The call after each piece. The input grows in place, so it is looked at as it comes. */
function write(
  name: string,
  pieces: readonly string[],
  look: (call: WrittenCall) => void = () => undefined,
): WrittenCall | undefined {
  const calls = new WrittenCalls();
  calls.push(start(name));
  let last: WrittenCall | undefined;
  for (const piece of pieces) {
    last = calls.push(delta(piece));
    if (last !== undefined) look(last);
  }
  return last;
}

describe('a call that is still written', () => {
  it('has its path as soon as what follows it has begun', () => {
    const paths: (string | undefined)[] = [];
    write('Write', ['{"file_path": "/w/a', '.txt"', ', "content": "', 'x'], (call) =>
      paths.push(findWrittenPath(call)),
    );
    expect(paths).toEqual([undefined, undefined, '/w/a.txt', '/w/a.txt']);
  });

  it('shows what it has reached, and the rest of the file as it is', () => {
    const left = 'one\ntwo\nthree\n';
    const shown: (string | undefined)[] = [];
    write('Write', ['{"file_path": "a", "content": "ONE', '\\ntw', 'o\\nthree\\n', '"}'], (call) =>
      shown.push(applyWritten(call, left)),
    );
    expect(shown).toEqual([
      'ONE\ntwo\nthree\n',
      'ONE\ntw\nthree\n',
      left.replace('one', 'ONE'),
      left.replace('one', 'ONE'),
    ]);
  });

  it('shows an edit where it will stand, once that is known', () => {
    const left = 'one\ntwo\nthree\n';
    const shown: (string | undefined)[] = [];
    const pieces = ['{"file_path": "a", "old_string": "two"', ', "new_string": "T', 'WO"}'];
    write('Edit', pieces, (call) => shown.push(applyWritten(call, left)));
    expect(shown).toEqual([undefined, 'one\nT\nthree\n', 'one\nTWO\nthree\n']);
    const other = write('Edit', ['{"old_string": "nowhere", "new_string": "x"}']);
    expect(other && applyWritten(other, left)).toBeUndefined();
  });

  it('is of no interest when it changes no file, or is none', () => {
    expect(write('Bash', ['{"command": "ls"}'])).toBeUndefined();
    expect(new WrittenCalls().push(delta('{'))).toBeUndefined();
  });

  it('is all there at its end, wherever it was cut', () => {
    const anyText = fc
      .array(fc.constantFrom('a\n', 'é😀', '"', '\\', '\n', 'x'))
      .map((parts) => parts.join(''));
    fc.assert(
      fc.property(anyText, fc.array(fc.nat(200), { maxLength: 6 }), (content, cuts) => {
        const json = JSON.stringify({ file_path: '/w/a', content });
        const places = [0, ...cuts.map((cut) => cut % json.length).sort((a, b) => a - b), json.length];
        const pieces = places.slice(1).map((end, index) => json.slice(places[index], end));
        const call = write('Write', pieces);
        expect(call && findWrittenPath(call)).toBe('/w/a');
        expect(call && applyWritten(call, '')).toBe(content);
      }),
      { numRuns: 500 },
    );
  });
});
