/** A command that a person had typed and that was cut off with its process: both the person and the model are told. */

import { toTypedCallId } from '../../protocol/typedCommand.ts';
import type { AgentPorts } from '../agent.ts';
import { isPromptHead } from '../sessions/lineHead.ts';
import type { Session } from '../sessions/session.ts';
import type { Emitter } from './emitter.ts';
import { toPromptText } from './promptQueue.ts';
import { appendTexts } from './turnMessages.ts';
import { describeCommand, isCommand } from './typedCommand.ts';

export interface CutCommand {
  readonly session: Session;
  readonly emitter: Emitter;
  readonly ports: Pick<AgentPorts, 'clock'>;
}

const MAY_HAVE_RUN =
  'Belay was stopped while this command ran. It may have run wholly, in part, or not at all, and what it put out is lost.';
const DID_NOT_RUN = 'Belay was stopped before this command ran. It did not run.';

/** Its output is put behind it in one go with what the model is told, so a conversation that ends with it was cut off there. */
export async function endCutCommand({ session, emitter, ports }: CutCommand): Promise<void> {
  const { leaf } = session.conversation;
  // Whoever writes the session may be running it just now.
  if (leaf === undefined || session.readOnly || !isPromptHead(leaf)) return;
  const line = await session.readLine(leaf);
  if (line?.type !== 'user' || !isCommand(line)) return;
  const tool_use_id = toTypedCallId(leaf.uuid);
  const content = session.conversation.hasStarted(tool_use_id) ? MAY_HAVE_RUN : DID_NOT_RUN;
  await session.note(
    await emitter.emitSystem('local_command_output', {
      content,
      is_terminal: true,
      is_cut_off: true,
      tool_use_id,
    }),
  );
  const told = describeCommand(toPromptText(line), content);
  await appendTexts([told], { session, emitter, clock: ports.clock });
}
