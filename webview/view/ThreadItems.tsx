/** The items of a thread, in groups that are drawn once and skipped by layout while out of sight. */
import type { VNode } from 'preact';
import { useMemo } from 'preact/hooks';
import { assertNever } from '../assertNever.ts';
import { getThread, type Item } from '../state/panelModel.ts';
import { useModel } from './context.ts';
import { memo } from './memo.ts';
import { NoticeView } from './NoticeView.tsx';
import { ReplyView } from './ReplyView.tsx';
import { TurnEnd } from './TurnEnd.tsx';
import { UserMessageView } from './UserMessageView.tsx';

/** Items of one group. A group is the unit that layout skips and that is drawn in one idle moment. */
const GROUP_SIZE = 12;

export interface ThreadItemsProps {
  readonly threadId: string;
  /** Items at the head that are not drawn yet. */
  readonly skipped?: number;
}

export function ThreadItems({ threadId, skipped = 0 }: ThreadItemsProps): VNode {
  const items = useModel((model) => getThread(model, threadId).items);
  return (
    <>
      <Settled items={items} skippedGroups={Math.floor(skipped / GROUP_SIZE)} />
      <Live threadId={threadId} />
    </>
  );
}

/** Draws again for each delta; all that is settled does not. */
function Live({ threadId }: { readonly threadId: string }): VNode | null {
  const live = useModel((model) => getThread(model, threadId).live);
  return live === null ? null : <ReplyView key={live.reply.id} reply={live.reply} />;
}

interface SettledProps {
  readonly items: readonly Item[];
  readonly skippedGroups: number;
}

const Settled = memo(function Settled({ items, skippedGroups }: SettledProps): VNode {
  const groups = useGroups(items);
  return (
    <>
      {groups.slice(skippedGroups).map((group, index) => (
        <Group key={group[0]?.key ?? ''} items={group} isLast={skippedGroups + index === groups.length - 1} />
      ))}
    </>
  );
});

/**
 * Items in groups. A group whose items are the same as before keeps its identity, also when others come or go above it: it
 * begins with the item it began with.
 */
function useGroups(items: readonly Item[]): readonly (readonly Item[])[] {
  const memory = useMemo(() => ({ groups: new Map<string, readonly Item[]>() }), []);
  return useMemo(() => {
    const groups = groupItems(items, memory.groups);
    memory.groups = new Map(groups.map((group) => [group[0]?.key ?? '', group]));
    return groups;
  }, [items, memory]);
}

/** `known`: the groups of before, by the key of their first item. */
function groupItems(
  items: readonly Item[],
  known: ReadonlyMap<string, readonly Item[]>,
): readonly (readonly Item[])[] {
  const groups: Item[][] = [];
  for (const item of items) {
    const last = groups.at(-1);
    if (last === undefined || last.length >= GROUP_SIZE || known.has(item.key)) groups.push([item]);
    else last.push(item);
  }
  return groups.map((group) => {
    const before = known.get(group[0]?.key ?? '');
    return before !== undefined && isSameList(before, group) ? before : group;
  });
}

function isSameList(left: readonly Item[], right: readonly Item[]): boolean {
  return left.length === right.length && left.every((item, index) => item === right[index]);
}

const Group = memo(function Group({
  items,
  isLast,
}: {
  readonly items: readonly Item[];
  readonly isLast: boolean;
}): VNode {
  return (
    <div class={isLast ? 'item-group is-last' : 'item-group'}>
      {items.map((item) => (
        <ItemView key={item.key} item={item} />
      ))}
    </div>
  );
});

const ItemView = memo(function ItemView({ item }: { readonly item: Item }): VNode | null {
  switch (item.kind) {
    case 'user':
      return <UserMessageView item={item} />;
    case 'reply':
      return <ReplyView reply={item.reply} />;
    case 'notice':
      return (
        <div data-key={item.key}>
          <NoticeView notice={item.notice} />
        </div>
      );
    case 'turn_end':
      return (
        <div data-key={item.key}>
          <TurnEnd result={item.result} />
        </div>
      );
    default:
      return assertNever(item) ?? null;
  }
});
