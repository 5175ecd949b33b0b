/** A conversation as a text for people: what was said and noticed, and one line for each call. No editor in here. */
import { type ContentBlock, isKnownBlock } from '../protocol/blocks.ts';
import { itemKey } from '../protocol/itemKey.ts';
import type { ConversationMessage } from '../protocol/messages.ts';

/** Markdown. `title`: the heading. */
export function toMarkdown(messages: readonly ConversationMessage[], title: string): string {
  const parts = [`# ${title === '' ? 'Conversation' : title}`];
  let speaker = '';
  for (const message of messages) {
    if (message.type === 'system' && message.subtype === 'informational') {
      // Also that the beginning is missing, or a reply.
      parts.push(`> ${message.content.replaceAll('\n', '\n> ')}`);
      continue;
    }
    if (
      message.type === 'system' &&
      message.subtype === 'local_command_output' &&
      message.is_terminal === true
    ) {
      parts.push(toFence(message.content));
      continue;
    }
    if (itemKey(message) === null || (message.type !== 'user' && message.type !== 'assistant')) continue;
    const { content } = message.message;
    const blocks: readonly ContentBlock[] =
      typeof content === 'string' ? [{ type: 'text', text: content }] : content;
    const said = blocks.map(describeBlock).filter((text) => text !== '');
    if (said.length === 0) continue;
    const who = message.type === 'user' ? 'You' : 'Belay';
    if (who !== speaker || message.type === 'user') parts.push(`## ${who}`);
    speaker = who;
    parts.push(...said);
  }
  return `${parts.join('\n\n')}\n`;
}

/** Each message a line of JSON, as it goes over the wire. */
export function toJsonLines(messages: readonly ConversationMessage[]): string {
  return messages.map((message) => `${JSON.stringify(message)}\n`).join('');
}

function describeBlock(block: ContentBlock): string {
  if (!isKnownBlock(block)) return '';
  switch (block.type) {
    case 'text':
      return block.text.trim();
    case 'tool_use':
      return `- **${block.name}** ${toCode(mainArgument(block.input))}`.trimEnd();
    case 'image':
      return '*(an image)*';
    case 'document':
      return `*(${'title' in block && typeof block.title === 'string' ? block.title : 'a document'})*`;
    default:
      return '';
  }
}

const MAIN = [
  'command',
  'file_path',
  'notebook_path',
  'pattern',
  'query',
  'url',
  'description',
  'path',
] as const;

function mainArgument(input: unknown): string {
  if (typeof input !== 'object' || input === null) return '';
  const fields = input as Readonly<Record<string, unknown>>;
  return (
    (MAIN.map((name) => fields[name]).find((value) => typeof value === 'string') as string | undefined) ?? ''
  );
}

/** Code on one line; with as many marks around it as it needs. */
function toCode(text: string): string {
  const line = text.trim().replace(/\s*\n\s*/g, ' ⏎ ');
  if (line === '') return '';
  const longest = Math.max(0, ...[...line.matchAll(/`+/g)].map(([marks]) => marks.length));
  const marks = '`'.repeat(longest + 1);
  const space = line.startsWith('`') || line.endsWith('`') ? ' ' : '';
  return `${marks}${space}${line}${space}${marks}`;
}

/** Longer than any fence within. */
function toFence(text: string): string {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([ticks]) => ticks.length));
  const fence = '`'.repeat(longest + 1);
  return `${fence}\n${text.trimEnd()}\n${fence}`;
}
