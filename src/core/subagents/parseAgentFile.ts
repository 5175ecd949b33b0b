/** From a Markdown file with a head (`.claude/agents/*.md`) to the definition of a subagent. */
import * as z from 'zod';
import { type AgentDefinition, agentDefinition } from '../../protocol/agents.ts';
import { isTrue, listField, parseFrontmatter, textField } from '../context/frontmatter.ts';

export interface AgentFile {
  readonly name: string;
  readonly definition: AgentDefinition;
}

/** The body is the prompt. Rejects with an Error that says what is wrong. */
export async function parseAgentFile(text: string): Promise<AgentFile> {
  const { fields, body } = await parseFrontmatter(text);
  const name = textField(fields, 'name');
  if (name === undefined) throw new Error('It has no "name".');
  const prompt = body.trim();
  if (prompt === '') throw new Error('It has no text, which would be the prompt.');
  const maxTurns = textField(fields, 'maxTurns');
  const parsed = agentDefinition.safeParse({
    description: textField(fields, 'description'),
    prompt,
    tools: listField(fields, 'tools'),
    disallowedTools: listField(fields, 'disallowedTools'),
    model: textField(fields, 'model'),
    maxTurns: maxTurns === undefined ? undefined : Number(maxTurns),
    background: isTrue(fields, 'background'),
    effort: textField(fields, 'effort'),
    permissionMode: textField(fields, 'permissionMode'),
  });
  if (!parsed.success) throw new Error(z.prettifyError(parsed.error));
  return { name, definition: parsed.data };
}
