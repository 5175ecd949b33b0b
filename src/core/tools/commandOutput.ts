/**
 * What a command prints, in bounded memory: the beginning and the end for the model, and, once it is more than that, all of
 * it in a file.
 */
import { formatSize } from './formatSize.ts';
import type { OutputFile } from './outputFile.ts';
import { TerminalText } from './terminalText.ts';

/** Characters that the model is told. The end matters more: there are the errors. */
const maxHead = 12_000;
const maxTail = 18_000;

export interface CollectedOutput {
  /** Beginning and end, with a mark where something is left out. */
  readonly text: string;
  /** The file with all of it; undefined when nothing is left out. */
  readonly file: { readonly path: string; readonly size: number } | undefined;
}

export class CommandOutput {
  readonly #clean = new TerminalText();
  readonly #openFile: () => OutputFile;
  #head = '';
  #tail = '';
  #length = 0;
  #file: OutputFile | undefined;

  constructor(openFile: () => OutputFile) {
    this.#openFile = openFile;
  }

  async push(text: string): Promise<void> {
    await this.#take(this.#clean.push(text));
  }

  /** Takes the rest and closes the file. */
  async end(): Promise<CollectedOutput> {
    await this.#take(this.#clean.end());
    await this.#file?.close();
    if (this.#file === undefined) return { text: this.#head + this.#tail, file: undefined };
    return { text: this.#shorten(this.#file), file: { path: this.#file.path, size: this.#length } };
  }

  async #take(text: string): Promise<void> {
    if (this.#file === undefined && this.#length + text.length > maxHead + maxTail) {
      this.#file = this.#openFile();
      // Until now nothing has been left out.
      await this.#file.write(this.#head + this.#tail);
    }
    await this.#file?.write(text);
    this.#length += text.length;
    const toHead = Math.max(0, maxHead - this.#head.length);
    this.#head += text.slice(0, toHead);
    this.#tail += text.slice(toHead);
    // Cut now and then, not each time: what is cut off is copied.
    if (this.#tail.length > maxTail * 4) this.#tail = this.#tail.slice(-maxTail);
  }

  #shorten(file: OutputFile): string {
    const head = this.#head.slice(0, this.#head.lastIndexOf('\n') + 1) || this.#head;
    const cut = this.#tail.slice(-maxTail);
    const tail = cut.slice(cut.indexOf('\n') + 1);
    const left = this.#length - head.length - tail.length;
    const where = file.complete
      ? `All of it is in ${file.path}`
      : `As much as could be kept is in ${file.path}`;
    return `${head}\n[… ${formatSize(left).replace('bytes', 'characters')} left out here. ${where} …]\n\n${tail}`;
  }
}
