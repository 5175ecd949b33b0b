/** A session in which there is something to take back. */
import type { Options } from '@anthropic-ai/claude-agent-sdk';
import { text, toolUse } from '../modelServer/steps.ts';
import type { Conversation, World } from './sdkSession.ts';

export interface TwoTurns {
  /** Open. */
  readonly session: Conversation;
  readonly sessionId: string;
  /** The ids of the two prompts. */
  readonly first: string;
  readonly second: string;
}

/** Two turns with checkpoints: a.txt goes from "zero" to "one" to "two", a line each; b.txt is made in the second. */
export async function playTwoTurns(world: World, options: Options = {}): Promise<TwoTurns> {
  const first = crypto.randomUUID();
  const second = crypto.randomUUID();
  await world.write('a.txt', 'zero\n');
  world.server.script(
    [toolUse('Read', { file_path: 'a.txt' })],
    [toolUse('Write', { file_path: 'a.txt', content: 'one\n' })],
    [text('Done.')],
    [
      toolUse('Write', { file_path: 'a.txt', content: 'two\n' }),
      toolUse('Write', { file_path: 'b.txt', content: 'made\n' }),
    ],
    [text('Done.')],
  );
  const session = world.open({ enableFileCheckpointing: true, permissionMode: 'acceptEdits', ...options });
  await session.ask('one', { uuid: first });
  const { session_id } = await session.ask('two', { uuid: second });
  return { session, sessionId: session_id, first, second };
}
