/**
 * HTML as Markdown, for reading: headings, lists, links, code, tables. Linear in the length of the page and without
 * recursion, because pages come from anywhere and the editor waits meanwhile.
 */
import { blockElements, emphases, findLanguage, isHidden, skippedElements } from './htmlElements.ts';
import { type HtmlToken, readHtml } from './htmlTokens.ts';
import { MarkdownWriter, type WriterMark } from './markdownWriter.ts';

/** `base`: where relative links start. Pictures become their description; scripts, styles and what is hidden are left out. */
export function htmlToMarkdown(html: string, base: string): string {
  const converter = new Converter(base);
  for (const token of readHtml(html)) converter.take(token);
  return converter.end();
}

type OpenTag = Extract<HtmlToken, { readonly kind: 'open' }>;

/** Levels of lists and quotations beyond this are shown like this one. */
const maxDepth = 20;

class Converter {
  readonly #writer = new MarkdownWriter();
  readonly #base: string;
  #title = '';
  #inTitle = false;
  /** The element whose content is left out, and how often it is open. */
  #skipping: { readonly name: string; depth: number } | undefined;
  #pre: { readonly pieces: string[]; language: string } | undefined;
  /** Number of the next item; undefined: the items have no numbers. */
  readonly #lists: { next: number | undefined }[] = [];
  #quotes = 0;
  #link: { readonly href: string; readonly mark: WriterMark } | undefined;
  /** Cells in the row so far, and rows before it. */
  #table: { cells: number; rows: number } | undefined;

  constructor(base: string) {
    this.#base = base;
  }

  take(token: HtmlToken): void {
    if (this.#skipping !== undefined) this.#skip(token, this.#skipping);
    else if (token.kind === 'text') this.#text(token.text);
    else if (token.kind === 'open') this.#open(token);
    else this.#close(token.name);
  }

  end(): string {
    this.#closeLink();
    this.#closePre();
    const text = this.#writer.toString();
    const title = this.#title.replace(/\s+/g, ' ').trim();
    return title === '' ? text : `${title}\n\n${text}`;
  }

  #skip(token: HtmlToken, skipping: { readonly name: string; depth: number }): void {
    if (token.kind === 'text' || token.name !== skipping.name) return;
    skipping.depth += token.kind === 'open' ? 1 : -1;
    if (skipping.depth === 0) this.#skipping = undefined;
  }

  #text(text: string): void {
    if (this.#inTitle) this.#title += text;
    else if (this.#pre !== undefined) this.#pre.pieces.push(text);
    else this.#writer.writeText(text);
  }

  #open(tag: OpenTag): void {
    const { name, attributes } = tag;
    if (skippedElements.has(name) || isHidden(name, attributes)) this.#skipping = { name, depth: 1 };
    else if (name === 'title') this.#inTitle = true;
    else if (this.#pre !== undefined) this.#openInPre(tag, this.#pre);
    else if (name === 'pre') this.#pre = { pieces: [], language: findLanguage(attributes) };
    else if (name === 'a') this.#openLink(attributes.get('href') ?? '');
    else if (name === 'img') this.#describePicture(attributes.get('alt') ?? '');
    else this.#openBlock(tag);
  }

  #openInPre({ name, attributes }: OpenTag, pre: { readonly pieces: string[]; language: string }): void {
    if (name === 'br') pre.pieces.push('\n');
    if (name === 'code' && pre.language === '') pre.language = findLanguage(attributes);
  }

  #openBlock({ name, attributes }: OpenTag): void {
    if (name === 'tr' || name === 'table') this.#closeRow();
    this.#breakAround(name);
    switch (name) {
      case 'br':
        return this.#table === undefined ? this.#writer.breakLine(1) : this.#writer.writeText(' ');
      case 'hr':
        return this.#writeRule();
      case 'ul':
      case 'ol':
        return this.#openList(name === 'ol' ? Number(attributes.get('start') ?? 1) : undefined);
      case 'li':
        return this.#openItem();
      case 'blockquote':
        this.#quotes += 1;
        return this.#updatePrefix();
      case 'table':
        this.#table = { cells: 0, rows: 0 };
        return;
      case 'td':
      case 'th':
        return this.#openCell();
      default:
        return this.#openInline(name);
    }
  }

  #openInline(name: string): void {
    const heading = /^h([1-6])$/.exec(name)?.[1];
    const emphasis = emphases.get(name);
    // A heading in a link or a cell would leave its mark in the middle of a line.
    if (heading !== undefined && this.#link === undefined && this.#table === undefined) {
      this.#writer.openEmphasis(`${'#'.repeat(Number(heading))} `);
    }
    if (emphasis !== undefined) this.#writer.openEmphasis(emphasis);
  }

  #close(name: string): void {
    if (name === 'title') this.#inTitle = false;
    else if (name === 'pre') this.#closePre();
    else if (name === 'a') this.#closeLink();
    else if (this.#pre === undefined) this.#closeBlock(name);
  }

  #closeBlock(name: string): void {
    const emphasis = emphases.get(name);
    if (emphasis !== undefined) return this.#writer.closeEmphasis(emphasis);
    if ((name === 'ul' || name === 'ol') && this.#lists.length > 0) {
      this.#lists.pop();
      this.#updatePrefix();
      this.#writer.breakLine(this.#lists.length === 0 ? 2 : 1);
    }
    if (name === 'blockquote' && this.#quotes > 0) {
      this.#quotes -= 1;
      this.#updatePrefix();
    }
    if (name === 'tr' || name === 'table') this.#closeRow();
    if (name === 'table') this.#table = undefined;
    this.#breakAround(name);
  }

  #breakAround(name: string): void {
    const breaks = blockElements.get(name);
    if (breaks === undefined) return;
    // In a table only rows are lines.
    const isInCell = this.#table !== undefined && name !== 'tr' && name !== 'table';
    if (isInCell) this.#writer.writeText(' ');
    // In a list blank lines would tear it apart.
    else this.#writer.breakLine(this.#lists.length > 0 ? 1 : breaks);
  }

  #writeRule(): void {
    this.#writer.breakLine(2);
    this.#writer.writeMark('---');
    this.#writer.breakLine(2);
  }

  #openList(start: number | undefined): void {
    this.#writer.breakLine(this.#lists.length === 0 ? 2 : 1);
    this.#lists.push({ next: start === undefined || Number.isInteger(start) ? start : 1 });
    this.#updatePrefix();
  }

  #openItem(): void {
    const list = this.#lists.at(-1);
    if (list?.next === undefined) return this.#writer.setMarker('- ', list === undefined ? 0 : 2);
    this.#writer.setMarker(`${list.next}. `, 3);
    list.next += 1;
  }

  #updatePrefix(): void {
    const indents = this.#lists.slice(0, maxDepth).map((list) => (list.next === undefined ? '  ' : '   '));
    this.#writer.setPrefix('> '.repeat(Math.min(this.#quotes, maxDepth)) + indents.join(''));
  }

  #openCell(): void {
    if (this.#table === undefined) return;
    this.#writer.writeBorder(this.#table.cells === 0 ? '| ' : ' | ');
    this.#table.cells += 1;
  }

  #closeRow(): void {
    const table = this.#table;
    if (table === undefined || table.cells === 0) return;
    this.#writer.writeBorder(' |');
    table.rows += 1;
    if (table.rows === 1) {
      this.#writer.breakLine(1);
      this.#writer.writeMark(`|${' --- |'.repeat(table.cells)}`);
    }
    table.cells = 0;
  }

  #openLink(href: string): void {
    this.#closeLink();
    this.#link = { href: href.trim(), mark: this.#writer.begin() };
  }

  #closeLink(): void {
    const link = this.#link;
    if (link === undefined) return;
    this.#link = undefined;
    const leads = link.href !== '' && !/^(?:#|javascript:|data:)/i.test(link.href);
    const target =
      leads && URL.canParse(link.href, this.#base) ? new URL(link.href, this.#base).href : undefined;
    this.#writer.rewrite(link.mark, (text) => (target === undefined ? text : `[${text}](${target})`));
  }

  #describePicture(description: string): void {
    if (description.trim() !== '') this.#writer.writeText(`(picture: ${description.trim()})`);
  }

  #closePre(): void {
    const pre = this.#pre;
    if (pre === undefined) return;
    this.#pre = undefined;
    const code = pre.pieces.join('').replace(/^\n/, '').trimEnd();
    this.#writer.breakLine(2);
    if (code !== '') {
      const longest = (code.match(/`{3,}/g) ?? []).reduce((most, run) => Math.max(most, run.length), 2);
      const fence = '`'.repeat(longest + 1);
      this.#writer.writeLines(`${fence}${pre.language}\n${code}\n${fence}`);
    }
    this.#writer.breakLine(2);
  }
}
