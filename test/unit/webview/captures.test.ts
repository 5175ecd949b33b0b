import { expect, test } from 'vitest';
import { parseConversationMessage } from '../../../src/protocol/messages.ts';
import {
  describeReading,
  describeUncaptured,
  listUnkept,
} from '../../../webview/captures/describeCaptures.ts';
import { EMPTY_MODEL, type PanelModel } from '../../../webview/state/panelModel.ts';
import { reduce } from '../../../webview/state/reduce.ts';

test('what is being read is told with its progress, and no longer once it is known', () => {
  const reading = modelOf({
    root: '/home/sam/trail-notes',
    state: 'reading',
    files: 3210,
    bytes: 41_200_000,
  });
  expect(describeReading(reading)).toBe(
    'Reading the files of trail-notes so that everything can be taken back: 3,210 files, 41.2 MB',
  );
  const more = modelOf(
    { root: '/a', state: 'reading', files: 0, bytes: 0 },
    { root: 'C:\\b', state: 'reading', files: 1, bytes: 900 },
  );
  expect(describeReading(more)).toBe(
    'Reading the files of a, b so that everything can be taken back: 1 file, 1 KB',
  );
  expect(describeReading(modelOf({ root: '/a', state: 'ready', files: 1, unkept: [] }))).toBeNull();
});

test('a folder that is not captured is named, with the reason', () => {
  const model = modelOf(
    { root: '/a', state: 'ready', files: 1, unkept: [] },
    { root: '/home/sam', state: 'off', reason: 'It is your home folder.' },
  );
  expect(describeUncaptured(model)).toEqual([
    {
      root: '/home/sam',
      text: 'In sam only what file tools change can be taken back. It is your home folder.',
    },
  ]);
});

test('files without a copy are listed of all folders', () => {
  const model = modelOf(
    { root: '/a', state: 'ready', files: 2, unkept: ['/a/huge.bin'] },
    { root: '/b', state: 'ready', files: 2, unkept: ['/b/secret'] },
    { root: '/c', state: 'unread' },
  );
  expect(listUnkept(model)).toEqual(['/a/huge.bin', '/b/secret']);
});

function modelOf(...captures: readonly Readonly<Record<string, unknown>>[]): PanelModel {
  return captures.reduce((model: PanelModel, capture) => {
    const parsed = parseConversationMessage({
      ...{ type: 'system', subtype: 'belay/capture_changed', uuid: crypto.randomUUID(), session_id: 's' },
      ...capture,
    });
    if (parsed.kind !== 'message') throw new Error('no message');
    return reduce(model, parsed.message, 0);
  }, EMPTY_MODEL);
}
