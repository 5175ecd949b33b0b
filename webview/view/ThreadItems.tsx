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
        <Group
          key={skippedGroups + index}
          items={group}
          isLast={skippedGroups + index === groups.length - 1}
        />
      ))}
    </>
  );
});

/** Items in groups; a group whose items are the same as before keeps its identity. */
function useGroups(items: readonly Item[]): readonly (readonly Item[])[] {
  const memory = useMemo(() => ({ groups: [] as readonly (readonly Item[])[] }), []);
  return useMemo(() => {
    const groups: (readonly Item[])[] = [];
    for (let start = 0; start < items.length; start += GROUP_SIZE) {
      const group = items.slice(start, start + GROUP_SIZE);
      const before = memory.groups[groups.length];
      groups.push(before !== undefined && isSameList(before, group) ? before : group);
    }
    memory.groups = groups;
    return groups;
  }, [items, memory]);
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
      return <NoticeView notice={item.notice} />;
    case 'turn_end':
      return <TurnEnd result={item.result} />;
    default:
      return assertNever(item) ?? null;
  }
});
