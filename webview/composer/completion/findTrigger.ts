/** What in a text being written asks for suggestions: a mention (`@src/ma`) or a command (`/rev`). */

export interface Trigger {
  readonly kind: 'mention' | 'command';
  /** Where `@` or `/` stands. */
  readonly start: number;
  /** Where what is typed of the name ends. */
  readonly end: number;
  readonly query: string;
}

/** An `@` that begins a word, and what follows it; in quotes with spaces. */
const MENTION = /(?:^|[\s([{])(@(?:"([^"\n]*)|([^\s"]*)))$/;
/** Of a command only the name, which is the first word of all. */
const COMMAND = /^\/(\S*)$/;

/** null: nothing at this place. `caret`: in UTF-16 code units. */
export function findTrigger(text: string, caret: number): Trigger | null {
  // A command for the shell has its own meaning of @ and /.
  if (text.startsWith('!')) return null;
  const before = text.slice(0, caret);
  const command = COMMAND.exec(before);
  if (command !== null) return { kind: 'command', start: 0, end: caret, query: command[1] ?? '' };
  const mention = MENTION.exec(before);
  if (mention === null) return null;
  const [, whole = '', quoted, plain = ''] = mention;
  return { kind: 'mention', start: caret - whole.length, end: caret, query: quoted ?? plain };
}

/** A mention of a path, as it is read: in quotes where it has spaces. */
export function writeMention(path: string): string {
  return /[\s"]/.test(path) ? `@"${path}"` : `@${path}`;
}
