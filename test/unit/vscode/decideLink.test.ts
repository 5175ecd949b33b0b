import { describe, expect, it } from 'vitest';
import { decideLink } from '../../../src/vscode/decideLink.ts';

describe('a link of the conversation', () => {
  it.each([
    'https://docs.example.com/a?b=c#d',
    'http://example.com/',
    'http://localhost:3000/',
    'mailto:a@b.c',
  ])('opens when it is plain to see where it leads: %s', (href) => {
    expect(decideLink(href)).toEqual({ kind: 'open', url: href });
  });

  it.each([
    ['letters that look like others', 'https://аpple.com/', 'xn--pple-43d.com'],
    ['a name before the host', 'https://github.com@evil.example/', 'evil.example'],
    ['a bare address', 'http://10.0.0.1/', '10.0.0.1'],
    ['an odd port', 'https://example.com:8443/', 'example.com:8443'],
    [
      'a host hidden behind many names',
      'https://github.com.login.secure.evil.example/',
      'github.com.login.secure.evil.example',
    ],
  ])('is shown with its host first: %s', (_what, href, host) => {
    expect(decideLink(href)).toMatchObject({ kind: 'ask', host });
  });

  it.each([
    'javascript:alert(1)',
    'file:///etc/passwd',
    'command:workbench.action.quit',
    'vscode://x.y/z',
    'nonsense',
    '',
  ])('is refused when it is no web or mail address: %s', (href) => {
    expect(decideLink(href)).toMatchObject({ kind: 'refuse' });
  });
});
