import { expect, it } from 'vitest';
import { formatTags, parseTags } from '../../../src/protocol/sessionTags.ts';

it('several tags are one, each once', () => {
  expect(formatTags(['work', ' Later,work ', 'later', '', 'next\nweek'])).toBe('work, Later, next week');
  expect(parseTags('work, Later, next week')).toEqual(['work', 'Later', 'next week']);
});

it('what the Agent SDK has kept is a tag; nothing is none', () => {
  expect(parseTags('friends')).toEqual(['friends']);
  expect(parseTags(undefined)).toEqual([]);
  expect(parseTags(' , ')).toEqual([]);
});
