/** What a prompt that begins with `/name` leads to. */

import type { UserMessage } from '../../protocol/messages.ts';
import type { PermissionRule } from '../../protocol/permissions.ts';
import { type BuiltinName, toBuiltinName } from '../commands/builtinCommands.ts';
import type { Command } from '../commands/command.ts';
import { parseSlash } from '../commands/slash.ts';
import type { FoundPrompt } from '../mcp/mcpServers.ts';
import type { MutablePermissionState } from '../permissions/permissionState.ts';
import type { ActorParts } from './actorParts.ts';

export type Slash =
  | { readonly kind: 'prompt' }
  | { readonly kind: 'builtin'; readonly name: BuiltinName; readonly args: string }
  | { readonly kind: 'command'; readonly command: Command; readonly args: string }
  | { readonly kind: 'server prompt'; readonly prompt: FoundPrompt; readonly args: string }
  | { readonly kind: 'unknown'; readonly name: string };

/** A message the client has composed itself (`client_composed`) is sent as it is. */
export async function findSlash(
  message: UserMessage,
  { commands, mcp }: Pick<ActorParts, 'commands' | 'mcp'>,
): Promise<Slash> {
  const { content } = message.message;
  const [first] = typeof content === 'string' ? [{ type: 'text', text: content } as const] : content;
  if (first?.type !== 'text' || message.isSynthetic === true || message.client_composed === true)
    return { kind: 'prompt' };
  const call = parseSlash(first.text);
  if (call === undefined) return { kind: 'prompt' };
  const builtin = toBuiltinName(call.name);
  if (builtin !== undefined) return { kind: 'builtin', name: builtin, args: call.args };
  const command = await commands.find(call.name);
  if (command !== undefined) return { kind: 'command', command, args: call.args };
  const prompt = await mcp.findPrompt(call.name);
  if (prompt !== undefined) return { kind: 'server prompt', prompt, args: call.args };
  return { kind: 'unknown', name: call.name };
}

/** Lets a command's tools run without asking until the returned function is called. Deny and ask rules hold all the same. */
export function grantTools({ allowedTools }: Command, permissions: MutablePermissionState): () => void {
  const known = permissions.context().rules;
  const rules: PermissionRule[] = allowedTools.filter(
    (rule) =>
      !known.some(
        ({ behavior, layer, toolName, ruleContent }) =>
          behavior === 'allow' &&
          layer === 'session' &&
          toolName === rule.toolName &&
          ruleContent === rule.ruleContent,
      ),
  );
  if (rules.length === 0) return () => undefined;
  const change: { rules: PermissionRule[]; behavior: 'allow'; destination: 'session' } = {
    rules,
    behavior: 'allow',
    destination: 'session',
  };
  permissions.apply([{ type: 'addRules', ...change }]);
  return () => permissions.apply([{ type: 'removeRules', ...change }]);
}
