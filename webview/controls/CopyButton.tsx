import type { VNode } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { usePanel } from '../view/context.ts';
import { IconButton } from './IconButton.tsx';

/** Copies a text, and says so. */
export function CopyButton({ text, label }: { readonly text: string; readonly label: string }): VNode {
  const { announce } = usePanel();
  const [isCopied, setCopied] = useState(false);
  useEffect(() => {
    if (!isCopied) return;
    const timer = setTimeout(() => setCopied(false), 1500);
    return () => clearTimeout(timer);
  }, [isCopied]);
  const copy = (): void => {
    navigator.clipboard.writeText(text).then(
      () => {
        setCopied(true);
        announce('Copied');
      },
      () => announce('Copying did not work'),
    );
  };
  return <IconButton icon={isCopied ? 'check' : 'copy'} label={label} onClick={copy} />;
}
