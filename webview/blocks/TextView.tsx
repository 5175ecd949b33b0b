import type { VNode } from 'preact';
import { Markdown } from '../markdown/Markdown.tsx';

/** What the model says. */
export function TextView({
  text,
  isOpen,
}: {
  readonly text: string;
  readonly isOpen: boolean;
}): VNode | null {
  if (text.trim() === '') return null;
  return <Markdown text={text} isOpen={isOpen} />;
}
