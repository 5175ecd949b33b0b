/** The control requests about what was recorded, and about going back: files and conversation. */
import type { Handlers } from '../../channel/peer.ts';
import type { RewindAnswer, RewindRequest } from '../../protocol/checkpoints.ts';
import type { RequestOf } from '../../protocol/control.ts';
import type { Checkpoints } from '../checkpoints/checkpoints.ts';
import { promptText } from '../sessions/promptText.ts';
import type { AgentHandlerDeps } from './agentHandlers.ts';
import {
  lastRewoundMessage,
  listCheckpoints,
  listOtherChanges,
  readConflict,
  readDiff,
  readOtherDiff,
  toFilesRewound,
  toRewindOptions,
  toRewindPoint,
} from './checkpointAnswers.ts';

type RewindHandlers = Pick<
  Handlers<'agent'>,
  | 'rewind_files'
  | 'belay/conversation_rewind'
  | 'belay/conversation_redo'
  | 'belay/checkpoint_list'
  | 'belay/file_history'
  | 'belay/checkpoint_diff'
  | 'belay/checkpoint_conflict'
>;

const REWIND_OFF: RewindAnswer = {
  canRewind: false,
  error: 'Checkpoints are switched off, so files cannot be rewound.',
};

export function createRewindHandlers(deps: AgentHandlerDeps): RewindHandlers {
  const { ports } = deps.parts;
  return {
    rewind_files: (request) => rewindFiles(request, deps),
    'belay/conversation_rewind': ({ user_message_id }) => rewindConversation(user_message_id, deps),
    'belay/conversation_redo': () => redoConversation(deps),
    'belay/checkpoint_list': async () => ({
      checkpoints: ports.checkpoints === undefined ? [] : listCheckpoints(ports.checkpoints),
    }),
    'belay/file_history': async ({ path }) => ({
      changes: ports.checkpoints === undefined ? [] : [...(await listOtherChanges(ports.checkpoints, path))],
    }),
    'belay/checkpoint_diff': async (request) => {
      const { path } = request;
      const diff = ports.checkpoints && (await readAskedDiff(request, ports.checkpoints));
      if (diff === undefined) throw new Error(`Belay has no record of a change to ${path}.`);
      return diff;
    },
    'belay/checkpoint_conflict': async ({ path, ...point }) => {
      const { checkpoints } = ports;
      const found = checkpoints && (await readConflict(checkpoints, { ...toRewindPoint(point), path }));
      if (found === undefined) throw new Error(`A rewind to there would not change ${path}.`);
      return found;
    },
  };
}

function readAskedDiff(
  { path, scope, session_id: sessionId, ...point }: RequestOf<'belay/checkpoint_diff'>,
  checkpoints: Checkpoints,
): ReturnType<typeof readDiff> {
  if (sessionId === undefined)
    return readDiff(checkpoints, { ...toRewindPoint(point), path, scope: scope ?? defaultScope(point) });
  const { checkpoint_id: checkpointId } = point;
  if (checkpointId === undefined) throw new Error('Say which checkpoint of that session: checkpoint_id.');
  return readOtherDiff(checkpoints, { sessionId, checkpointId, path });
}

/** A message is asked about for the sake of a rewind, one call for what it did. */
function defaultScope({ tool_use_id, checkpoint_id }: RewindRequest): 'since' | 'alone' {
  return tool_use_id === undefined && checkpoint_id === undefined ? 'since' : 'alone';
}

async function rewindFiles(
  request: RewindRequest,
  { parts, actor, tasks }: AgentHandlerDeps,
): Promise<RewindAnswer> {
  const { checkpoints } = parts.ports;
  if (checkpoints === undefined) return REWIND_OFF;
  const dryRun = request.dry_run === true;
  // Refused before anything is stopped.
  const options = request.redo === true ? undefined : toRewindOptions(request);
  if (!dryRun) await stopAll({ actor, tasks });
  const answer =
    options === undefined
      ? await checkpoints.redo({
          dryRun,
          mode: request.mode ?? 'merge',
          resolutions: request.resolutions ?? {},
        })
      : await checkpoints.rewind(options);
  if (!dryRun && answer.canRewind) await tellRewind(answer, { request, parts, actor });
  return { ...answer, canRedo: checkpoints.canRedo() };
}

/** Subagents in the background end, too: what is taken back now they would change again. */
async function stopAll({ actor, tasks }: Pick<AgentHandlerDeps, 'actor' | 'tasks'>): Promise<void> {
  await actor.interrupt();
  const agents = tasks.list().filter(({ type, state }) => type === 'local_agent' && state === 'running');
  await Promise.all(agents.map(({ id }) => tasks.stop(id)));
}

interface Told {
  readonly request: RewindRequest;
  readonly parts: AgentHandlerDeps['parts'];
  readonly actor: AgentHandlerDeps['actor'];
}

async function tellRewind(answer: RewindAnswer, { request, parts, actor }: Told): Promise<void> {
  const redo = request.redo === true;
  const { checkpoints } = parts.ports;
  const canRedo = checkpoints?.canRedo() === true;
  const userMessageId = request.user_message_id ?? (checkpoints && lastRewoundMessage(checkpoints)) ?? '';
  const told = toFilesRewound(answer, { userMessageId, redo, canRedo });
  const { restored } = told;
  for (const path of restored) parts.readState.forget(path);
  await parts.session.note(await parts.emitter.emitSystem('belay/files_rewound', told));
  if (restored.length === 0) return;
  const what = redo ? 'brought your changes to these files back' : 'took your changes to these files back';
  actor.notice(
    `The user ${what}; read them again before you edit them:\n${restored.map((path) => `- ${path}`).join('\n')}`,
  );
}

async function rewindConversation(
  userMessageId: string,
  { parts, actor, tasks }: AgentHandlerDeps,
): Promise<{ text: string }> {
  const { session, emitter, options } = parts;
  await stopAll({ actor, tasks });
  const cut = session.conversation.cutBefore(userMessageId);
  const [first] = cut?.removed ?? [];
  if (cut === undefined || first === undefined)
    throw new Error('That message is not part of the conversation (any more).');
  await emitter.emitSystem('belay/conversation_rewound', { user_message_id: userMessageId });
  await session.record({
    type: 'belay/leaf_moved',
    sessionId: options.sessionId,
    leafUuid: session.conversation.leaf?.uuid ?? null,
    user_message_id: userMessageId,
    restored: false,
  });
  const line = await session.readLine(first);
  return { text: line === undefined ? '' : promptText(line) };
}

async function redoConversation({ parts, actor }: AgentHandlerDeps): Promise<{ restored: boolean }> {
  const { session, emitter, options } = parts;
  if (actor.isRunning) return { restored: false };
  const cut = session.conversation.restoreLastCut();
  if (cut === undefined) return { restored: false };
  await emitter.emitSystem('belay/conversation_restored', { user_message_id: cut.userMessageId });
  for await (const line of session.readLines(cut.removed))
    await emitter.emit(line.type === 'user' ? { ...line, isReplay: true } : line);
  await session.record({
    type: 'belay/leaf_moved',
    sessionId: options.sessionId,
    leafUuid: session.conversation.leaf?.uuid ?? null,
    user_message_id: cut.userMessageId,
    restored: true,
  });
  return { restored: true };
}
