import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { advanceMarkdown, type MarkdownProgress } from '../../../webview/markdown/advanceMarkdown.ts';
import { decodeEntities } from '../../../webview/markdown/entities.ts';
import { toLinkTarget, toShownHost } from '../../../webview/markdown/links.ts';
import { LENGTH_LIMIT, parseMarkdown } from '../../../webview/markdown/parseMarkdown.ts';

describe('markdown that is being written', () => {
  const pieces = fc.constantFrom(
    'Words and *more*.',
    '\n',
    '\n\n',
    '- ',
    '  - ',
    '1. ',
    '> ',
    '```',
    '```ts\n',
    '# ',
    '| a | b |\n',
    '|---|---|\n',
    '    ',
    '---',
    '===',
    '<div>',
    '</div>',
    '[x](y)',
    '`code`',
    '**',
    '\t',
    ' ',
    '[r]: http://x\n',
    '* * *',
    '~~~',
  );

  test('never takes back a block it has called finished', () => {
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 40 }), (parts) => {
        let progress: MarkdownProgress | null = null;
        let text = '';
        for (const part of parts) {
          text += part;
          progress = advanceMarkdown(progress, text, true);
        }
        if (progress === null) return;
        const whole = advanceMarkdown(null, text, false).tokens.map((token) => token.raw);
        const finished = progress.tokens.slice(0, progress.finished.count).map((token) => token.raw);
        expect(finished).toEqual(whole.slice(0, finished.length));
      }),
      { numRuns: 3_000 },
    );
  });

  test('parses only what is not finished', () => {
    const first = advanceMarkdown(null, 'One.\n\nTwo.\n\nThr', true);
    const second = advanceMarkdown(first, 'One.\n\nTwo.\n\nThree.', true);
    expect(first.finished).toEqual({ count: 2, length: 6 });
    expect(second.tokens[0]).toBe(first.tokens[0]);
    expect(second.tokens.map((token) => token.raw)).toEqual(['One.', '\n\n', 'Two.', '\n\n', 'Three.']);
  });

  test('starts over when the text is another', () => {
    const first = advanceMarkdown(null, 'One.\n\nTwo.\n\nThree.', true);
    expect(advanceMarkdown(first, 'Other', true).tokens.map((token) => token.raw)).toEqual(['Other']);
  });

  test('is plain beyond the limits', () => {
    expect(advanceMarkdown(null, 'a'.repeat(LENGTH_LIMIT + 1), true).isPlain).toBe(true);
    expect(parseMarkdown('> '.repeat(150))).toBeNull();
    expect(parseMarkdown('- '.repeat(150))).toBeNull();
    expect(parseMarkdown('['.repeat(5_000))).toBeNull();
    expect(parseMarkdown('> > > fine')).not.toBeNull();
  });
});

describe('links', () => {
  const folders = ['/home/sam/project', '/home/sam/second'];

  test.each([
    ['https://example.com/a', { kind: 'external', href: 'https://example.com/a' }],
    ['HTTPS://EXAMPLE.com', { kind: 'external', href: 'https://example.com/' }],
    ['mailto:sam@example.com', { kind: 'external', href: 'mailto:sam@example.com' }],
    ['https://githуb.com/', { kind: 'external', href: 'https://xn--githb-hze.com/' }],
    ['src/a.ts', { kind: 'file', path: 'src/a.ts' }],
    ['./src/a.ts:12', { kind: 'file', path: './src/a.ts', line: 12 }],
    ['src/a.ts:12:5', { kind: 'file', path: 'src/a.ts', line: 12 }],
    ['src/a.ts#L7-L9', { kind: 'file', path: 'src/a.ts', line: 7 }],
    ['a%20b.md', { kind: 'file', path: 'a b.md' }],
    ['/home/sam/project/x.ts', { kind: 'file', path: '/home/sam/project/x.ts' }],
    ['/home/sam/second/x.ts', { kind: 'file', path: '/home/sam/second/x.ts' }],
  ])('%s leads somewhere', (href, target) => {
    expect(toLinkTarget(href, folders)).toEqual(target);
  });

  test.each([
    'javascript:alert(1)',
    'JaVaScRiPt:alert(1)',
    'javascript&colon;alert(1)',
    'java\tscript:x',
    'vbscript:x',
    'data:text/html,x',
    'command:belay.approve',
    'vscode://x',
    'file:///etc/passwd',
    '//evil.example/x',
    '\\\\evil\\share',
    '#top',
    '',
    '../outside.ts',
    'src/../../outside',
    '~/.ssh/id_rsa',
    '/etc/passwd',
    '/home/sam/project-other/x',
    'https://github.com@evil.example/',
    'a\u202eb.ts',
    'a%00b',
    '%2F%2Fevil',
    'C:\\x',
    'https://',
    '%E0%A4%A',
  ])('%j is only text', (href) => {
    expect(toLinkTarget(href, folders)).toBeNull();
  });

  test('say their host when their text names another', () => {
    const evil = { kind: 'external', href: 'https://evil.example/' } as const;
    expect(toShownHost(evil, 'https://github.com')).toBe('evil.example');
    expect(toShownHost(evil, 'github.com/login')).toBe('evil.example');
    expect(toShownHost(evil, 'www.evil.example')).toBeNull();
    expect(toShownHost(evil, 'the docs')).toBeNull();
    expect(toShownHost({ kind: 'file', path: 'a.ts' }, 'b.ts')).toBeNull();
  });
});

test('character references become characters, and nothing else', () => {
  expect(decodeEntities('a &lt;b&gt; &amp;amp; &#65;&#x42; &unknown; &#0; &#xD800;')).toBe(
    'a <b> &amp; AB &unknown; \ufffd \ufffd',
  );
});
