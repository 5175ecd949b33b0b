/** The head of a Markdown file (YAML between two lines of `---`) and the text below it: rules, commands, skills, agents. */

export interface MarkdownFile {
  /** Empty when there is no head, or nothing of it could be understood. */
  readonly fields: Readonly<Record<string, unknown>>;
  readonly body: string;
}

export async function parseFrontmatter(text: string): Promise<MarkdownFile> {
  const found = /^\uFEFF?---[ \t]*\r?\n((?:[^\n]*\n)*?)---[ \t]*(?:\r?\n|$)/.exec(text);
  if (found === null) return { fields: {}, body: text };
  return { fields: await parseHead(found[1] ?? ''), body: text.slice(found[0].length) };
}

/** A field as text: a number or a truth value in words, a list as it is written. undefined: it is not there, or empty. */
export function textField(fields: MarkdownFile['fields'], key: string): string | undefined {
  const value = Object.hasOwn(fields, key) ? fields[key] : undefined;
  if (Array.isArray(value)) return `[${value.map(String).join(', ')}]`;
  if (value === undefined || value === null || typeof value === 'object') return undefined;
  const text = String(value).trim();
  return text === '' ? undefined : text;
}

/** A field as a list: a YAML list, or one text with commas (those within brackets don't count). undefined: it is not there. */
export function listField(fields: MarkdownFile['fields'], key: string): readonly string[] | undefined {
  const value = Object.hasOwn(fields, key) ? fields[key] : undefined;
  if (value === undefined || value === null) return undefined;
  const parts = Array.isArray(value) ? value.map(String) : splitAtCommas(String(value));
  return parts.map((part) => part.trim()).filter((part) => part !== '');
}

export function isTrue(fields: MarkdownFile['fields'], key: string): boolean {
  return /^(true|yes|on)$/i.test(textField(fields, key) ?? '');
}

/** Many heads in the wild are no YAML (`paths: **\/*.ts`, `description: Use when: …`): those are read line by line. */
async function parseHead(head: string): Promise<Record<string, unknown>> {
  // Loaded with the first head: most sessions meet none, and every start would pay for it.
  const { parse } = await import('yaml');
  try {
    const value: unknown = parse(head, { maxAliasCount: 0, logLevel: 'error' });
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { ...value };
  } catch {
    // Read below.
  }
  return Object.fromEntries(head.split(/\r?\n/).flatMap(readLine));
}

function readLine(line: string): [string, string][] {
  const found = /^([A-Za-z][\w-]*):[ \t]*(.*)$/.exec(line);
  const [, key, value] = found ?? [];
  if (key === undefined || value === undefined) return [];
  return [[key, value.trim().replace(/^(["'])(.*)\1$/, '$2')]];
}

function splitAtCommas(text: string): readonly string[] {
  const parts: string[] = [''];
  let depth = 0;
  for (const character of text) {
    if ('([{'.includes(character)) depth += 1;
    if (')]}'.includes(character)) depth = Math.max(0, depth - 1);
    if (character === ',' && depth === 0) parts.push('');
    else parts[parts.length - 1] += character;
  }
  return parts;
}
