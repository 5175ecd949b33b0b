/** What a tool gave back: its text as it is, and its pictures. */
import type { VNode } from 'preact';
import { useState } from 'preact/hooks';
import { ImageView } from '../ImageView.tsx';
import { toResultText } from './resultText.ts';
import type { ToolCall } from './toolView.ts';

/** Characters shown before all are asked for. */
const SHOWN = 6_000;

export function PlainResult({ call }: { readonly call: ToolCall }): VNode | null {
  if (call.status === 'failed') return null;
  const { result } = call.run;
  const text = toResultText(result);
  const images = Array.isArray(result?.content)
    ? result.content.filter((block) => block.type === 'image')
    : [];
  return (
    <>
      {images.map((block, index) => (
        <ImageView key={index} block={block} />
      ))}
      {text.trim() !== '' && <PlainText text={text} />}
    </>
  );
}

export function PlainText({ text }: { readonly text: string }): VNode {
  const [showsAll, setShowsAll] = useState(false);
  const isCut = !showsAll && text.length > SHOWN;
  return (
    <>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard */}
      <pre class="plain-result" tabIndex={0}>
        {isCut ? text.slice(0, SHOWN) : text}
      </pre>
      {isCut && (
        <button type="button" class="more-lines" onClick={() => setShowsAll(true)}>
          +{text.slice(SHOWN).split('\n').length} lines, show all
        </button>
      )}
    </>
  );
}
