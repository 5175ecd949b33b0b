/** Puts Markdown together from pieces: white space, line breaks and the marks before a line, each as late as possible. */

/** A place in what is written, to come back to. */
export interface WriterMark {
  readonly position: number;
  readonly lineStart: boolean;
}

export class MarkdownWriter {
  readonly #pieces: string[] = [];
  /** Line breaks due before the next text. */
  #breaks = 0;
  /** A space is due before the next text. */
  #space = false;
  /** An emphasis has just begun: no space behind it. */
  #glued = false;
  /** What stands before every line: "> ", indentation. */
  #prefix = '';
  /** What stands before the next line only, in place of the last `width` characters of the prefix: "- ". */
  #marker: { readonly text: string; readonly width: number } | undefined;
  /** Nothing stands in the line yet. */
  #lineStart = true;

  setPrefix(prefix: string): void {
    this.#prefix = prefix;
  }

  /** Makes the next line the first of an item. */
  setMarker(text: string, width: number): void {
    this.#marker = { text, width };
  }

  /** At least so many line breaks before what comes next. */
  breakLine(count: number): void {
    this.#breaks = Math.max(this.#breaks, count);
    this.#space = false;
  }

  /** Text in which white space only separates words. */
  writeText(text: string): void {
    const words = text.replace(/[ \t\n\r\f\u00a0]+/g, ' ');
    if (words.startsWith(' ') && !this.#glued) this.#space = true;
    const trimmed = words.trim();
    if (trimmed === '') return;
    this.writeMark(trimmed);
    this.#space = words.endsWith(' ');
  }

  /** Something that is no text, with the space before it that is due. */
  writeMark(mark: string): void {
    this.begin();
    this.#pieces.push(mark);
    this.#lineStart = false;
    this.#glued = false;
  }

  /** The beginning of an emphasis. */
  openEmphasis(mark: string): void {
    this.writeMark(mark);
    this.#glued = true;
  }

  /** The border of a cell, which brings its own spaces. */
  writeBorder(border: string): void {
    this.#space = false;
    this.openEmphasis(border);
  }

  /** The end of an emphasis: right behind the last word, before a space that is due. */
  closeEmphasis(mark: string): void {
    if (this.#glued && this.#pieces.at(-1) === mark) this.#pieces.pop();
    else if (this.#breaks === 0 && !this.#lineStart) this.#pieces.push(mark);
    this.#glued = false;
  }

  /** Lines as they are. */
  writeLines(text: string): void {
    this.begin();
    this.#pieces.push(text.replaceAll('\n', `\n${this.#prefix}`));
    this.#lineStart = false;
  }

  /** Writes what is due before the next text, so that `rewrite` comes behind it. */
  begin(): WriterMark {
    this.#startLine();
    if (this.#space && !this.#lineStart) this.#pieces.push(' ');
    this.#space = false;
    return { position: this.#pieces.length, lineStart: this.#lineStart };
  }

  /** Puts what was written since the mark into one line, changed by `change`; of nothing nothing is made. */
  rewrite(mark: WriterMark, change: (text: string) => string): void {
    const text = this.#pieces.splice(mark.position).join('').replace(/\s+/g, ' ').trim();
    this.#lineStart = mark.lineStart && text === '';
    this.#glued = false;
    if (text !== '') this.#pieces.push(change(text));
  }

  toString(): string {
    // Not by a pattern: it would start over at every space of a long run of them.
    const lines = this.#pieces.join('').split('\n');
    return lines
      .map((line) => line.trimEnd())
      .join('\n')
      .trim();
  }

  #startLine(): void {
    if (this.#pieces.length === 0) {
      this.#pieces.push(this.#prefix);
    } else if (this.#breaks > 0) {
      this.#pieces.push(`\n${this.#prefix}`.repeat(this.#breaks));
      this.#lineStart = true;
    }
    this.#breaks = 0;
    if (this.#marker === undefined || !this.#lineStart) return;
    const { text, width } = this.#marker;
    const last = this.#pieces.pop() ?? '';
    this.#pieces.push(last.slice(0, Math.max(0, last.length - width)) + text);
    this.#marker = undefined;
  }
}
