/** Block-level markdown tokens to elements. */
import type { MarkedToken, Token, Tokens } from 'marked';
import type { ComponentChildren, VNode } from 'preact';
import { memo } from '../view/memo.ts';
import { CodeBlock } from './CodeBlock.tsx';
import { InlineTokens } from './InlineTokens.tsx';
import { NESTING_LIMIT } from './parseMarkdown.ts';

export interface BlockTokenProps {
  readonly token: Token;
  readonly depth: number;
  /** The block is still growing. */
  readonly isOpen: boolean;
}

/** A block that is parsed again while its text is the same needn't be drawn again. */
export const BlockToken = memo(drawBlock, isSameBlock);

function isSameBlock(before: BlockTokenProps, after: BlockTokenProps): boolean {
  if (before.isOpen !== after.isOpen || before.depth !== after.depth) return false;
  return (
    before.token === after.token ||
    (before.token.raw === after.token.raw && before.token.type === after.token.type)
  );
}

function drawBlock({ token, depth, isOpen }: BlockTokenProps): VNode | null {
  if (depth > NESTING_LIMIT) return <p>{token.raw}</p>;
  const block = token as MarkedToken;
  switch (block.type) {
    case 'space':
    case 'def':
      return null;
    case 'hr':
      return <hr />;
    case 'heading':
      return <Heading depth={block.depth}>{inline(block.tokens, depth)}</Heading>;
    case 'paragraph':
      return <p>{inline(block.tokens, depth)}</p>;
    case 'text':
      return <>{block.tokens === undefined ? block.text : inline(block.tokens, depth)}</>;
    case 'code':
      return <CodeBlock code={block.text} language={toLanguage(block.lang)} isOpen={isOpen} />;
    case 'blockquote':
      return <blockquote>{blocks(block.tokens, depth, isOpen)}</blockquote>;
    case 'list':
      return <List token={block} depth={depth} isOpen={isOpen} />;
    case 'table':
      return <Table token={block} depth={depth} />;
    default:
      // Markup (and whatever else the parser knows) is shown as it was written.
      return <p class="markdown-raw">{token.raw.trimEnd()}</p>;
  }
}

function inline(tokens: readonly Token[], depth: number): VNode {
  return <InlineTokens tokens={tokens} depth={depth + 1} />;
}

function blocks(tokens: readonly Token[], depth: number, isOpen: boolean): ComponentChildren {
  return tokens.map((token, index) => (
    <BlockToken key={index} token={token} depth={depth + 1} isOpen={isOpen && index === tokens.length - 1} />
  ));
}

/** Headings of a reply stand below those of the page. */
function Heading({
  depth,
  children,
}: {
  readonly depth: number;
  readonly children: ComponentChildren;
}): VNode {
  const level = Math.min(6, Math.max(1, depth));
  return (
    <div class={`heading heading-${level}`} role="heading" aria-level={Math.min(6, level + 2)}>
      {children}
    </div>
  );
}

interface ListProps {
  readonly token: Tokens.List;
  readonly depth: number;
  readonly isOpen: boolean;
}

function List({ token, depth, isOpen }: ListProps): VNode {
  const items = token.items.map((item, index) => (
    <ListItem key={index} item={item} depth={depth} isOpen={isOpen && index === token.items.length - 1} />
  ));
  if (!token.ordered) return <ul>{items}</ul>;
  return <ol {...(typeof token.start === 'number' ? { start: token.start } : {})}>{items}</ol>;
}

interface ListItemProps {
  readonly item: Tokens.ListItem;
  readonly depth: number;
  readonly isOpen: boolean;
}

const ListItem = memo(
  function ListItem({ item, depth, isOpen }: ListItemProps): VNode {
    return (
      <li class={item.task ? 'task-item' : undefined}>
        {item.task && <TaskMark isDone={item.checked === true} />}
        {blocks(withoutCheckbox(item.tokens), depth, isOpen)}
      </li>
    );
  },
  (before, after) =>
    before.item.raw === after.item.raw &&
    before.item.loose === after.item.loose &&
    before.isOpen === after.isOpen,
);

/** The parser puts the checkbox of a task item first among its tokens; we draw our own. */
function withoutCheckbox(tokens: readonly Token[]): readonly Token[] {
  const [first, ...rest] = tokens;
  if (first === undefined) return tokens;
  if (first.type === 'checkbox') return rest;
  const inner = 'tokens' in first ? first.tokens : undefined;
  if (inner?.[0]?.type !== 'checkbox') return tokens;
  return [{ ...first, tokens: inner.slice(1) } as Token, ...rest];
}

function TaskMark({ isDone }: { readonly isDone: boolean }): VNode {
  return (
    <span
      class={`task-mark codicon codicon-${isDone ? 'pass-filled' : 'circle-large-outline'}`}
      role="img"
      aria-label={isDone ? 'Done: ' : 'Open: '}
    />
  );
}

function Table({ token, depth }: { readonly token: Tokens.Table; readonly depth: number }): VNode {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls sideways must be reachable by keyboard
    <section class="table-scroll" tabIndex={0} aria-label="Table">
      <table>
        <thead>
          <Row cells={token.header} depth={depth} />
        </thead>
        <tbody>
          {token.rows.map((row, index) => (
            <Row key={index} cells={row} depth={depth} />
          ))}
        </tbody>
      </table>
    </section>
  );
}

interface RowProps {
  readonly cells: readonly Tokens.TableCell[];
  readonly depth: number;
}

const Row = memo(
  function Row({ cells, depth }: RowProps): VNode {
    return (
      <tr>
        {cells.map((cell, index) => {
          const Tag = cell.header ? 'th' : 'td';
          return (
            <Tag key={index} class={cell.align === null ? undefined : `align-${cell.align}`}>
              {inline(cell.tokens, depth)}
            </Tag>
          );
        })}
      </tr>
    );
  },
  ({ cells: before }, { cells: after }) =>
    before.length === after.length &&
    before.every((cell, index) => cell.text === after[index]?.text && cell.align === after[index]?.align),
);

/** The first word of a fence's info string. */
function toLanguage(info: string | undefined): string {
  return /^[\w+#.-]{1,40}/.exec(info?.trim() ?? '')?.[0]?.toLowerCase() ?? '';
}
