/** A command (`/name`) or a skill, from the Markdown file that defines it. */

import type { PermissionRule } from '../../protocol/permissions.ts';
import { isTrue, listField, parseFrontmatter, textField } from '../context/frontmatter.ts';
import type { SettingSource } from '../context/readMemory.ts';
import { parseRule } from '../permissions/parseRule.ts';

export interface Command {
  /** Without the slash. */
  readonly name: string;
  readonly kind: 'command' | 'skill';
  readonly description: string;
  /** Empty: it says nothing of arguments. */
  readonly argumentHint: string;
  /** Calls that need no asking while the command's turn runs. */
  readonly allowedTools: readonly PermissionRule[];
  /** undefined: the session's. */
  readonly model: string | undefined;
  /** Only a person may call it. */
  readonly isHiddenFromModel: boolean;
  readonly source: SettingSource;
  readonly path: string;
  readonly body: string;
}

export interface CommandFile extends Pick<Command, 'name' | 'kind' | 'source' | 'path'> {
  readonly text: string;
}

const MAX_DESCRIPTION = 1024;

export async function parseCommand({ text, ...file }: CommandFile): Promise<Command> {
  const { fields, body } = await parseFrontmatter(text);
  const description = textField(fields, 'description') ?? firstLine(body);
  return {
    ...file,
    description: description.slice(0, MAX_DESCRIPTION),
    argumentHint: textField(fields, 'argument-hint') ?? '',
    allowedTools: (listField(fields, 'allowed-tools') ?? []).flatMap((rule) => parseRule(rule) ?? []),
    model: textField(fields, 'model'),
    isHiddenFromModel: isTrue(fields, 'disable-model-invocation'),
    body: body.trim(),
  };
}

function firstLine(body: string): string {
  const line = body.split('\n').find((each) => each.trim() !== '') ?? '';
  return line.replace(/^[#\s]+/, '').trim();
}
