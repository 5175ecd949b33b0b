/** Inline markdown tokens to elements. */
import type { MarkedToken, Token } from 'marked';
import type { ComponentChild, VNode } from 'preact';
import { decodeEntities } from './entities.ts';
import { Link, RemoteImage } from './Link.tsx';
import { NESTING_LIMIT } from './parseMarkdown.ts';

export interface InlineTokensProps {
  readonly tokens: readonly Token[];
  readonly depth: number;
}

export function InlineTokens({ tokens, depth }: InlineTokensProps): VNode {
  return <>{tokens.map((token, index) => drawInline(token as MarkedToken, index, depth))}</>;
}

function drawInline(token: MarkedToken, key: number, depth: number): ComponentChild {
  if (depth > NESTING_LIMIT) return token.raw;
  const inner = (tokens: readonly Token[]): VNode => <InlineTokens tokens={tokens} depth={depth + 1} />;
  switch (token.type) {
    case 'text':
      return token.tokens === undefined ? decodeEntities(token.text) : inner(token.tokens);
    case 'escape':
      return token.text;
    case 'strong':
      return <strong key={key}>{inner(token.tokens)}</strong>;
    case 'em':
      return <em key={key}>{inner(token.tokens)}</em>;
    case 'del':
      return <del key={key}>{inner(token.tokens)}</del>;
    case 'codespan':
      return <code key={key}>{token.text}</code>;
    case 'br':
      return <br key={key} />;
    case 'link':
      return (
        <Link key={key} href={token.href} text={token.text}>
          {inner(token.tokens)}
        </Link>
      );
    case 'image':
      return <RemoteImage key={key} href={token.href} alt={decodeEntities(token.text)} />;
    case 'html':
      return /^<br\s*\/?>$/i.test(token.raw) ? <br key={key} /> : token.raw;
    default:
      return token.raw;
  }
}
