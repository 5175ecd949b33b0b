/** The files that a memory file asks for: `@path` in its text, but not in code. */
import type { Token } from 'marked';

/** In the order in which they stand, each once, as they are written (without the `@`). */
export async function findImports(markdown: string): Promise<readonly string[]> {
  const found = new Set<string>();
  if (!markdown.includes('@')) return [];
  // Loaded with the first text that may hold one: few do, and every start would pay for it.
  const { lexer } = await import('marked');
  visit(lexer(markdown), found);
  return [...found];
}

function visit(tokens: readonly Token[], found: Set<string>): void {
  for (const token of tokens) {
    if (token.type === 'code' || token.type === 'codespan' || token.type === 'html') continue;
    const inner = childrenOf(token);
    if (inner.length > 0) visit(inner, found);
    else if (token.type === 'text' || token.type === 'escape') collect(token.raw, found);
  }
}

function childrenOf(token: Token): readonly Token[] {
  if (token.type === 'list') return token.items;
  if (token.type === 'table') {
    return [token.header, ...token.rows].flat().flatMap((cell: { readonly tokens: Token[] }) => cell.tokens);
  }
  return 'tokens' in token && token.tokens !== undefined ? token.tokens : [];
}

/** A path may hold blanks behind a backslash. What ends a sentence is no part of it. */
function collect(text: string, found: Set<string>): void {
  for (const [, path = ''] of text.matchAll(/(?<![^\s(])@((?:\\ |[^\s\\])+)/g)) {
    const clean = path.replaceAll('\\ ', ' ').replace(/[.,;:!?)]+$/, '');
    if (/^[\w.~/]/.test(clean)) found.add(clean);
  }
}
