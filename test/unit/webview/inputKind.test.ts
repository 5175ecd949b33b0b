import { describe, expect, it } from 'vitest';
import { findInputKind } from '../../../webview/composer/inputKind.ts';

describe('what is written', () => {
  it.each([
    ['', 'message'],
    ['Hello! # you', 'message'],
    ['!npm test', 'command'],
    ['! npm test', 'command'],
    ['!cat <<E\na\nE', 'command'],
    ['!', 'message'],
    ['# Use tabs', 'memory'],
    ['#Use tabs', 'memory'],
    ['# Use tabs\n', 'memory'],
    ['#', 'message'],
    ['# ', 'message'],
    ['## A heading', 'message'],
    ['# A heading\n\nand its text', 'message'],
  ])('%j is a %s', (text, kind) => {
    expect(findInputKind(text)).toBe(kind);
  });
});
