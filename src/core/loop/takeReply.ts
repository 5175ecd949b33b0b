/** What becomes of a reply that came whole, by the way it ended (SECURITY F18, F20, F21, F23). */
import type { ContentBlock } from '../../protocol/blocks.ts';
import type { ApiReply } from '../../protocol/streamEvents.ts';
import { answerCalls } from './answerCalls.ts';
import { endOfWork } from './endOfWork.ts';
import { appendReply, appendUser, inform, meterReply } from './turnMessages.ts';
import { end, type Step, type Taking, textOf } from './turnState.ts';

const MAX_PAUSES = 5;

export async function takeReply(reply: ApiReply, taking: Taking): Promise<Step> {
  const { state, deps, calls } = taking;
  await meterReply(reply, deps);
  state.stopReason = reply.stop_reason;
  state.text = textOf(reply.content);
  if (reply.stop_reason === 'refusal') return withholdRefused(reply, taking);
  if (reply.stop_reason === 'max_tokens' && calls.size > 0 && raiseMaxTokens(taking))
    return discardCut(reply, taking);
  if (reply.content.length === 0) return takeEmptyReply(taking);
  await appendReply(reply, { deps, aborted: false });
  if (calls.size > 0) return answerCalls(reply, taking);
  if (reply.stop_reason === 'pause_turn' && state.pauses < MAX_PAUSES) {
    state.pauses += 1;
    return 'again';
  }
  return endOfWork(taking);
}

/** F18: a reply that was cut within a tool call is asked for once more with all the room the model has. */
function raiseMaxTokens({ state, deps }: Taking): boolean {
  const { maxOutput } = deps.models().get(deps.model());
  if (state.maxTokens >= maxOutput) return false;
  state.maxTokens = maxOutput;
  return true;
}

async function discardCut(reply: ApiReply, { deps, calls }: Taking): Promise<Step> {
  await calls.discard();
  await deps.emitter.emitSystem('belay/reply_discarded', {
    message_id: reply.id,
    reason: 'The reply reached its length limit within a tool call; asking again with a higher limit.',
  });
  return 'again';
}

const NUDGE = 'Your last reply was empty. Go on with the task, or say what you found.';

/** F23: one nudge, as a message of its own; then the turn ends. */
async function takeEmptyReply(taking: Taking): Promise<Step> {
  const { state, deps } = taking;
  const last = deps.session.conversation.path.findLast((head) => !head.isSynthetic);
  const afterResults = last?.hasOutput === true;
  if (state.nudged || !afterResults) return endOfWork(taking);
  state.nudged = true;
  await appendUser({ deps, content: [{ type: 'text', text: NUDGE }], synthetic: true });
  return 'again';
}

const REFUSED: ContentBlock = { type: 'text', text: '(The model refused to answer.)' };

/** F21: the reply and what it refused stay visible, but the model doesn't see them again. */
async function withholdRefused(reply: ApiReply, { deps, calls }: Taking): Promise<Step> {
  await calls.discard();
  const asked = deps.session.conversation.leaf;
  const message = await appendReply(reply.content.length > 0 ? reply : { ...reply, content: [REFUSED] }, {
    deps,
    aborted: false,
  });
  const uuids = [message.uuid, ...(asked?.type === 'user' && !asked.hasOutput ? [asked.uuid] : [])];
  await deps.session.record({ type: 'belay/withheld', sessionId: message.session_id, uuids });
  await inform(
    deps,
    'The model refused to answer. The refused exchange is left out of what it sees from here on.',
  );
  return end('success');
}
