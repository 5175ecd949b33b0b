import { describe, expect, test } from 'vitest';
import { toShownPath } from '../../../webview/blocks/tools/shownPath.ts';
import { getList, getString } from '../../../webview/blocks/tools/toolInput.ts';
import { getToolView } from '../../../webview/blocks/tools/toolViews.ts';
import { readAttachment } from '../../../webview/composer/attachments.ts';
import { toMentions } from '../../../webview/composer/droppedPaths.ts';
import { highlightCode, languageOfPath } from '../../../webview/markdown/highlight.ts';
import { buildPanelHtml } from '../../../webview/panelHtml.ts';
import { EMPTY_TOOL_RUN } from '../../../webview/state/panelModel.ts';
import { parseTodos } from '../../../webview/todos/TodoItems.tsx';
import { formatAge, formatCost, formatDuration, formatTokens } from '../../../webview/view/format.ts';

describe('numbers', () => {
  test('of money', () => {
    expect([0, 0.00001, 0.0123, 1.5, null, undefined].map(formatCost)).toEqual([
      '$0',
      '< $0.0001',
      '$0.0123',
      '$1.50',
      'unknown cost',
      'unknown cost',
    ]);
  });
  test('of time', () => {
    expect([200, 14_200, 125_000, 3_700_000].map(formatDuration)).toEqual([
      '< 1 s',
      '14 s',
      '2 min 5 s',
      '1 h 1 min',
    ]);
    const now = 1_700_000_000_000;
    expect(
      [now, now - 5 * 60_000, now - 3 * 3_600_000, now - 50 * 3_600_000].map((then) => formatAge(then, now)),
    ).toEqual(['now', '5 min', '3 h', '2 d']);
  });
  test('of tokens', () => {
    expect([999, 1_234, 38_000, 1_500_000].map(formatTokens)).toEqual(['999', '1.2k', '38k', '1.5M']);
  });
});

describe('tool input', () => {
  test('is read with care, whatever it is', () => {
    for (const input of [
      undefined,
      null,
      'text',
      7,
      [],
      { command: 7 },
      Object.create({ command: 'inherited' }),
    ]) {
      expect(getString(input, 'command')).toBe('');
      expect(getList(input, 'todos')).toEqual([]);
      expect(parseTodos(input)).toEqual([]);
    }
    expect(getString({ command: 'ls' }, '__proto__')).toBe('');
  });

  test.each([
    'Bash',
    'Edit',
    'Write',
    'Read',
    'Glob',
    'Grep',
    'WebFetch',
    'TodoWrite',
    'Agent',
    'AskUserQuestion',
    'ExitPlanMode',
    'mcp__a__b',
    '__proto__',
    'constructor',
  ])('of %s makes a title at any time', (name) => {
    for (const input of [undefined, {}, { command: 'ls\nrm', file_path: '/a/b.ts', offset: 1 }]) {
      const call = { id: 't', name, input, status: 'writing' as const, run: EMPTY_TOOL_RUN };
      const { verb, subject } = getToolView(name).title(call);
      expect(`${verb}${subject}`).not.toBe('');
    }
  });

  test('names MCP tools by server and tool, paths within the workspace', () => {
    const call = {
      id: 't',
      name: 'mcp__maps__find__route',
      input: {},
      status: 'done' as const,
      run: EMPTY_TOOL_RUN,
    };
    expect(getToolView(call.name).title(call).verb).toBe('maps: find__route');
  });

  test.each([
    ['/home/sam/a/b.ts', ['/home/sam'], 'a/b.ts'],
    ['/home/sammy/b.ts', ['/home/sam'], '/home/sammy/b.ts'],
    ['/home/sam/b.ts', [], '/home/sam/b.ts'],
    ['/work/hills/a.ts', ['/work/walks', '/work/hills'], 'hills/a.ts'],
    ['C:\\work\\hills\\a.ts', ['C:\\work\\walks', 'C:\\work\\hills'], 'hills\\a.ts'],
    ['/old/hills/a.ts', ['/new/hills', '/old/hills'], '/old/hills/a.ts'],
  ])('the path %s in %j is shown as %s', (path, folders, shown) => {
    expect(toShownPath(path, folders)).toBe(shown);
  });
});

describe('colours of code', () => {
  test('are segments that add up to the text', () => {
    const code = 'const a = `x`; // done\n\n';
    const lines = highlightCode(code, 'ts');
    expect(lines?.map((line) => line.map(({ text }) => text).join('')).join('\n')).toBe(code);
    expect(lines?.[0]?.[0]).toEqual({ text: 'const', token: 'keyword' });
    expect(lines?.[0]?.at(-1)).toEqual({ text: '// done', token: 'comment' });
  });
  test('are left out for unknown languages and long texts', () => {
    expect(highlightCode('x', 'klingon')).toBeNull();
    expect(highlightCode('x'.repeat(100_000), 'ts')).toBeNull();
    expect(['a.ts', 'b/c.PY', 'Dockerfile', 'x.unknown', 'y'].map(languageOfPath)).toEqual([
      'ts',
      'py',
      'dockerfile',
      '',
      '',
    ]);
  });
});

describe('attached files', () => {
  const read = (content: BlobPart, name: string, type = ''): ReturnType<typeof readAttachment> =>
    readAttachment(new File([content], name, { type }), 'id');

  test('become blocks by what they are', async () => {
    expect(await read('PNG', 'a.png', 'image/png')).toEqual({
      kind: 'taken',
      attachment: {
        id: 'id',
        name: 'a.png',
        block: { type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'UE5H' } },
        thumbnail: 'data:image/png;base64,UE5H',
      },
    });
    expect(await read('%PDF', 'a.pdf', 'application/pdf')).toMatchObject({
      attachment: { block: { type: 'document', title: 'a.pdf', source: { media_type: 'application/pdf' } } },
    });
    expect(await read('const a;', 'a.ts', 'video/mp2t')).toMatchObject({
      attachment: { block: { source: { type: 'text', data: 'const a;' } } },
    });
  });

  test('are refused in words when they cannot be sent', async () => {
    expect(await read('<svg/>', 'a.svg', 'image/svg+xml')).toEqual({
      kind: 'refused',
      problem: 'a.svg: only PNG, JPEG, GIF and WebP images can be sent.',
    });
    expect(await read(new Uint8Array([0xff, 0xfe, 0]), 'a.bin')).toEqual({
      kind: 'refused',
      problem: 'a.bin: only images, PDF and text files can be sent.',
    });
    expect(await read('x'.repeat(600_000), 'a.txt')).toEqual({
      kind: 'refused',
      problem: 'a.txt has 600 KB; 500 KB is the most that can be sent.',
    });
  });
});

test('the page has the strict policy, and nothing given to it can break out', () => {
  const html = buildPanelHtml({
    nonce: 'n"><script>',
    cspSource: 'https://x',
    scriptUri: 's',
    styleUri: 't',
    codiconUri: 'c',
  });
  expect(html).not.toContain('<script>');
  for (const part of ['default-src &#39;none&#39;', 'require-trusted-types-for &#39;script&#39;'])
    expect(html.replaceAll("'", '&#39;')).toContain(part);
  expect(html).not.toMatch(/unsafe-|https:\*/);
});

describe('what is dropped from the explorer', () => {
  const drop = (kind: string, list: string): string =>
    toMentions({ getData: (asked) => (asked === kind ? list : '') }, '/home/sam/notes');

  test('becomes mentions', () => {
    expect(
      drop('text/uri-list', 'file:///home/sam/notes/src/a.ts\r\nfile:///home/sam/notes/my%20file.md'),
    ).toBe('@src/a.ts @"my file.md"');
    expect(drop('application/vnd.code.uri-list', 'vscode-remote://ssh/home/sam/notes/b.ts')).toBe('@b.ts');
    expect(drop('text/uri-list', 'file:///c:/work/x.ts')).toBe('@c:/work/x.ts');
  });

  test('is nothing where no file is named', () => {
    expect(drop('text/uri-list', '# comment\nhttps://example.com\nfile:///%E0%A4%A\n')).toBe('');
    expect(drop('text/plain', 'file:///a')).toBe('');
  });
});
