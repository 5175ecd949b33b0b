/** What a change makes of messages that wait, oldest first. */
import type { UserMessage } from '../../protocol/messages.ts';
import type { QueueChange } from '../../protocol/queue.ts';

interface Waiting {
  readonly uuid: string;
  readonly message: UserMessage;
  /** Why it can't be sent. */
  readonly refusal?: string | undefined;
}

/** undefined: it does not wait (any more), or can't be changed so. */
export function changeQueue<Entry extends Waiting>(
  prompts: readonly Entry[],
  uuid: string,
  change: QueueChange,
): readonly Entry[] | undefined {
  const prompt = prompts.find((other) => other.uuid === uuid);
  if (prompt === undefined) return undefined;
  const others = prompts.filter((other) => other !== prompt);
  switch (change.kind) {
    case 'text': {
      if (prompt.refusal !== undefined) return undefined;
      const changed = { ...prompt, message: withText(prompt.message, change.text) };
      return prompts.map((other) => (other === prompt ? changed : other));
    }
    case 'place': {
      const at =
        change.before === null ? others.length : others.findIndex(({ uuid: id }) => id === change.before);
      return at === -1 ? undefined : [...others.slice(0, at), prompt, ...others.slice(at)];
    }
    case 'now':
      return putFirst({ ...prompt, message: { ...prompt.message, priority: 'now' } }, others);
    default:
      return change satisfies never;
  }
}

/** It is meant for the work that is under way. */
export function isUrgent({ priority }: UserMessage): boolean {
  return priority === 'now' || priority === 'next';
}

/** Before all that can wait. */
export function putFirst<Entry extends Waiting>(prompt: Entry, others: readonly Entry[]): readonly Entry[] {
  const at = others.findIndex(({ message }) => !isUrgent(message));
  return at === -1 ? [...others, prompt] : [...others.slice(0, at), prompt, ...others.slice(at)];
}

/** Pictures and documents stay. What has no exclamation mark any more is said, and not run. */
function withText(waiting: UserMessage, text: string): UserMessage {
  const { belay_input: input, ...rest } = waiting;
  const isCommand = input === 'command' && text.trimStart().startsWith('!');
  return withContent(isCommand ? waiting : rest, text);
}

function withContent(message: UserMessage, text: string): UserMessage {
  const { content } = message.message;
  if (typeof content === 'string') return { ...message, message: { ...message.message, content: text } };
  const rest = content.filter(({ type }) => type !== 'text');
  return { ...message, message: { ...message.message, content: [...rest, { type: 'text', text }] } };
}
