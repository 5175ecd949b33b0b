/** Text that is being written, scrolled to its end, in a window of a few lines. */
import type { VNode } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';

/** Characters drawn. What stands before is out of sight anyway. */
const TAIL = 4_000;

export function GrowingText({ text }: { readonly text: string }): VNode {
  const element = useRef<HTMLPreElement>(null);
  useLayoutEffect(() => {
    if (element.current !== null) element.current.scrollTop = element.current.scrollHeight;
  });
  return (
    <pre class="growing-text" ref={element}>
      {text.length > TAIL ? text.slice(text.indexOf('\n', text.length - TAIL) + 1) : text}
    </pre>
  );
}
