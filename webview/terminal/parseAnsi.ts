/**
 * A terminal's output to lines of styled text: colours and weights (SGR, ECMA-48 8.3.117 and the common 256 and true
 * colours), carriage return and backspace as a terminal would show them. Every other control sequence is dropped.
 */
export interface AnsiStyle {
  /** 0–15, or a CSS colour; null: the terminal's own. */
  readonly foreground: number | string | null;
  readonly background: number | string | null;
  readonly isBold: boolean;
  readonly isDim: boolean;
  readonly isItalic: boolean;
  readonly isUnderlined: boolean;
  readonly isStruck: boolean;
  readonly isInverse: boolean;
}

export interface AnsiRun {
  readonly text: string;
  readonly style: AnsiStyle;
}

export const PLAIN: AnsiStyle = {
  foreground: null,
  background: null,
  isBold: false,
  isDim: false,
  isItalic: false,
  isUnderlined: false,
  isStruck: false,
  isInverse: false,
};

const ESC = String.fromCharCode(0x1b);
const BEL = String.fromCharCode(0x07);
const BACKSPACE = String.fromCharCode(0x08);
const SEQUENCE = new RegExp(
  [
    `${ESC}\\[([\\d;:]*)m`,
    // Also one that is cut off: more of it will come.
    `${ESC}\\[[0-?]*[ -/]*(?:[@-~]|$)`,
    `${ESC}\\][^${BEL}${ESC}]*(?:${BEL}|${ESC}\\\\)?`,
    `${ESC}[ -/]*[0-~]`,
    // Controls that a terminal does not print, but for backspace, tab, line feed and carriage return.
    '(?![\\x08\\t\\n\\r])\\p{Cc}',
  ].join('|'),
  'gu',
);

export function parseAnsi(output: string): readonly (readonly AnsiRun[])[] {
  const lines: AnsiRun[][] = [[]];
  let style = PLAIN;
  let position = 0;
  const write = (text: string): void => {
    const parts = text.replaceAll('\r\n', '\n').split('\n');
    for (const [index, part] of parts.entries()) {
      if (index > 0) lines.push([]);
      const line = lines.at(-1);
      if (line !== undefined && part !== '') writePart(line, part, style);
    }
  };
  for (const match of output.matchAll(SEQUENCE)) {
    write(output.slice(position, match.index));
    if (match[1] !== undefined) style = applySgr(style, match[1]);
    position = match.index + match[0].length;
  }
  write(output.slice(position));
  return lines;
}

/** Text without a line break onto a line: a carriage return starts the line over, a backspace takes a character back. */
function writePart(line: AnsiRun[], part: string, style: AnsiStyle): void {
  const start = part.trimEnd().lastIndexOf('\r');
  if (start !== -1) line.length = 0;
  const text = applyBackspaces(part.slice(start + 1).replaceAll('\r', ''));
  if (text !== '') line.push({ text, style });
}

function applyBackspaces(text: string): string {
  if (!text.includes(BACKSPACE)) return text;
  const kept: string[] = [];
  for (const char of text) {
    if (char === BACKSPACE) kept.pop();
    else kept.push(char);
  }
  return kept.join('');
}

function applySgr(style: AnsiStyle, parameters: string): AnsiStyle {
  const codes = parameters.split(/[;:]/).map((code) => Number(code === '' ? 0 : code));
  let next = style;
  for (let index = 0; index < codes.length; index += 1) {
    const code = codes[index] ?? 0;
    if (code === 38 || code === 48) {
      const [color, used] = parseExtendedColor(codes.slice(index + 1));
      if (color !== null) next = { ...next, [code === 38 ? 'foreground' : 'background']: color };
      index += used;
    } else next = applyCode(next, code);
  }
  return next;
}

const SWITCHES: Readonly<Record<number, Partial<AnsiStyle>>> = {
  1: { isBold: true },
  2: { isDim: true },
  3: { isItalic: true },
  4: { isUnderlined: true },
  7: { isInverse: true },
  9: { isStruck: true },
  22: { isBold: false, isDim: false },
  23: { isItalic: false },
  24: { isUnderlined: false },
  27: { isInverse: false },
  29: { isStruck: false },
  39: { foreground: null },
  49: { background: null },
};

function applyCode(style: AnsiStyle, code: number): AnsiStyle {
  if (code === 0) return PLAIN;
  if (code >= 30 && code <= 37) return { ...style, foreground: code - 30 };
  if (code >= 90 && code <= 97) return { ...style, foreground: code - 82 };
  if (code >= 40 && code <= 47) return { ...style, background: code - 40 };
  if (code >= 100 && code <= 107) return { ...style, background: code - 92 };
  return { ...style, ...SWITCHES[code] };
}

/** What follows 38 or 48: the colour and how many codes it took. */
function parseExtendedColor(codes: readonly number[]): readonly [number | string | null, number] {
  const [kind, first = 0, second = 0, third = 0] = codes;
  if (kind === 5) return [toIndexedColor(first), 2];
  if (kind === 2) return [toRgb(first, second, third), 4];
  return [null, 0];
}

function toIndexedColor(index: number): number | string | null {
  if (!Number.isInteger(index) || index < 0 || index > 255) return null;
  if (index < 16) return index;
  if (index >= 232) return toRgb(8 + (index - 232) * 10, 8 + (index - 232) * 10, 8 + (index - 232) * 10);
  const level = (value: number): number => (value === 0 ? 0 : 55 + value * 40);
  const cube = index - 16;
  return toRgb(level(Math.floor(cube / 36)), level(Math.floor(cube / 6) % 6), level(cube % 6));
}

function toRgb(red: number, green: number, blue: number): string {
  const clamp = (value: number): number => Math.min(255, Math.max(0, Math.trunc(value) || 0));
  return `rgb(${clamp(red)}, ${clamp(green)}, ${clamp(blue)})`;
}
