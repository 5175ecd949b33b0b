import type { VNode } from 'preact';
import type { CodeLine } from './highlight.ts';

/** A line of code in its colours. */
export function CodeSegments({ line }: { readonly line: CodeLine }): VNode {
  return (
    <>
      {line.map(({ text, token }, index) =>
        token === null ? (
          text
        ) : (
          <span key={index} class={`token-${token}`}>
            {text}
          </span>
        ),
      )}
    </>
  );
}
