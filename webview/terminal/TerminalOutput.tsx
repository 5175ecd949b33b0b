/** What a command has put out, in the theme's terminal colours. */
import type { VNode } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';
import { memo } from '../view/memo.ts';
import { type AnsiRun, type AnsiStyle, parseAnsi } from './parseAnsi.ts';
import './terminal.css';

const COLORS = ['Black', 'Red', 'Green', 'Yellow', 'Blue', 'Magenta', 'Cyan', 'White'];
/** Characters drawn; what stands before is reachable through the "show all" of the card. */
const TAIL = 20_000;

export interface TerminalOutputProps {
  readonly output: string;
  /** Keeps the last line in sight. */
  readonly isRunning: boolean;
  readonly showsAll: boolean;
}

export const TerminalOutput = memo(function TerminalOutput({
  output,
  isRunning,
  showsAll,
}: TerminalOutputProps): VNode {
  const element = useRef<HTMLPreElement>(null);
  useLayoutEffect(() => {
    if (isRunning && element.current !== null) element.current.scrollTop = element.current.scrollHeight;
  });
  const shown = showsAll || output.length <= TAIL ? output : toTail(output);
  const lines = parseAnsi(shown.replace(/\n$/, ''));
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
    <pre class={`terminal${showsAll ? ' shows-all' : ''}`} tabIndex={0} ref={element}>
      {lines.map((line, index) => (
        <>
          {index > 0 && '\n'}
          {line.map(drawRun)}
        </>
      ))}
    </pre>
  );
});

/** The last lines, from the start of a line. */
function toTail(output: string): string {
  const tail = output.slice(-TAIL);
  return tail.slice(tail.indexOf('\n') + 1);
}

function drawRun({ text, style }: AnsiRun, index: number): VNode | string {
  const css = toCss(style);
  return css === null ? (
    text
  ) : (
    <span key={index} style={css}>
      {text}
    </span>
  );
}

function toCss(style: AnsiStyle): Record<string, string> | null {
  const [front, back] = style.isInverse
    ? [style.background, style.foreground]
    : [style.foreground, style.background];
  const css: Record<string, string> = {};
  if (front !== null) css.color = toColor(front, style.isBold);
  else if (style.isInverse) css.color = 'var(--vscode-terminal-background, var(--vscode-editor-background))';
  if (back !== null) css.backgroundColor = toColor(back, false);
  else if (style.isInverse) css.backgroundColor = 'var(--vscode-terminal-foreground)';
  if (style.isBold) css.fontWeight = 'bold';
  if (style.isDim) css.opacity = '0.7';
  if (style.isItalic) css.fontStyle = 'italic';
  if (style.isUnderlined || style.isStruck) {
    css.textDecoration =
      `${style.isUnderlined ? 'underline' : ''} ${style.isStruck ? 'line-through' : ''}`.trim();
  }
  return Object.keys(css).length === 0 ? null : css;
}

/** Bold text in one of the eight dark colours is drawn in the bright one, as VS Code's terminal does. */
function toColor(color: number | string, isBold: boolean): string {
  if (typeof color === 'string') return color;
  const isBright = color >= 8 || isBold;
  return `var(--vscode-terminal-ansi${isBright ? 'Bright' : ''}${COLORS[color % 8]})`;
}
