import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { htmlToMarkdown } from '../../../../src/core/tools/htmlToMarkdown.ts';

const convert = (html: string) => htmlToMarkdown(html, 'https://a.b/dir/page');

describe('a page', () => {
  it.each([
    ['paragraphs', '<p>One\n  two</p><p>three</p>', 'One two\n\nthree'],
    ['headings', '<h1>A</h1>text<h3> B </h3>', '# A\n\ntext\n\n### B'],
    ['emphasis', 'a <b> bold</b>, <em>it</em> and <code>x</code>.', 'a **bold**, _it_ and `x`.'],
    ['empty emphasis', 'a<b></b> b <i> </i>c', 'a b c'],
    ['line breaks', 'a<br>b<br/>c<hr>d', 'a\nb\nc\n\n---\n\nd'],
    [
      'links',
      '<a href="x?a=1&amp;b=2">in</a> <a href="//c.d/">out</a>',
      '[in](https://a.b/dir/x?a=1&b=2) [out](https://c.d/)',
    ],
    [
      'links that lead nowhere',
      '<a href="#x">a</a> <a href="javascript:b()">b</a> <a>c</a> <a href="x"></a>d',
      'a b c d',
    ],
    [
      'links around blocks',
      '<p>see</p><a href="/x"><h2>Head</h2><p>more</p></a><p>end</p>',
      'see\n\n[Head more](https://a.b/x)\n\nend',
    ],
    ['pictures', '<img src="https://e.f/x.png?secret" alt="Chart"> <img src="y">', '(picture: Chart)'],
    ['lists', '<p>a</p><ul><li>one<li><p>two</p><p>more</p></ul><p>b</p>', 'a\n\n- one\n- two\n  more\n\nb'],
    ['lists in lists', '<ol start="9"><li>a<ul><li>b</li></ul></li><li>c</li></ol>', '9. a\n   - b\n10. c'],
    ['quotations', '<blockquote><p>a</p><ul><li>b</ul></blockquote>c', '> a\n>\n> - b\n\nc'],
    [
      'code',
      '<pre class="language-ts"><code>if (a &lt; b) {\n  c();\n}\n</code></pre>',
      '```ts\nif (a < b) {\n  c();\n}\n```',
    ],
    ['code with fences', '<pre>```\nx\n```</pre>', '````\n```\nx\n```\n````'],
    ['code in a list', '<ul><li>a<pre>b\nc</pre></li></ul>', '- a\n\n  ```\n  b\n  c\n  ```'],
    [
      'tables',
      '<table><tr><th>A<th>B</tr><tr><td>1<br>2</td><td><p>3</p></td></tr></table>',
      '| A | B |\n| --- | --- |\n| 1 2 | 3 |',
    ],
    ['a title', '<head><title>T &amp; U</title></head><body>x</body>', 'T & U\n\nx'],
    ['scripts', 'a<script>if (a < b) "</p>"</script><style>p{}</style><svg><title>t</title></svg>b', 'ab'],
    [
      'what is hidden',
      'a<div style="display: none">do <div>as</div> I say</div><span hidden>x</span>b',
      'ab',
    ],
    ['comments and declarations', '<!doctype html><?xml?><!-- <p>x</p> -->a<!---->b', 'ab'],
    ['characters', '&lt;b&gt; &eacute;&#233;&#xe9; &mdash; &nope; &#0; AT&T', '<b> ééé — &nope; \ufffd AT&T'],
    ['no markup', 'a < b and c > d', 'a < b and c > d'],
    ['attributes', `<a title=">" data-x='"' href=/y>z</a>`, '[z](https://a.b/y)'],
    ['nothing', '', ''],
  ])('with %s', (_, html, markdown) => {
    expect(convert(html)).toBe(markdown);
  });

  it('that is cut off anywhere is still read', async () => {
    const html =
      '<p>a <a href="x">b</a><ul><li><pre>c</pre><table><tr><td><b>d<script>e</script><!-- f -->&amp;';
    for (let end = 0; end <= html.length; end += 1) expect(typeof convert(html.slice(0, end))).toBe('string');
    const part = fc.constantFrom(
      '<',
      '>',
      '</',
      'a',
      'b',
      'li',
      'ul',
      'table',
      'td',
      'tr',
      'pre',
      '"',
      "'",
      '=',
      '&',
      ' ',
      '<p>',
      '</a>',
      '<a href=x>',
      '<li>',
      '<script>',
      '<!--',
      'text',
    );
    await fc.assert(
      fc.property(fc.array(part, { maxLength: 60 }), (parts) => {
        expect(typeof convert(parts.join(''))).toBe('string');
      }),
    );
  });

  it.each([
    ['paragraphs', '<div><p>Some text with <a href="/x">a link</a> and <b>bold</b>.</p></div>'],
    ['nesting', '<div><b><ul><li><blockquote>'],
    ['rows', '<table><tr><td>a</td>'],
    ['brackets', '!['],
    ['open tags', '<'],
    ['unclosed values', '<a b="'],
    ['unclosed comments', '<!-'],
    ['scripts', '<script>'],
    ['entities', '&amp'],
    ['spaces', ' '],
    ['spaces in code', '<pre>   </pre> x'],
    ['line breaks', '\n<br>'],
    ['fences', '<pre>```` `'],
  ])(
    'of 1 MB of %s is read in one pass, not in one for each of its tags',
    (_, unit) => {
      const before = process.cpuUsage();
      convert(unit.repeat(1_000_000 / unit.length));
      // Time of the processor, so that a busy machine is no matter. What grows with the square takes minutes.
      expect(process.cpuUsage(before).user).toBeLessThan(20_000_000);
    },
    300_000,
  );
});
