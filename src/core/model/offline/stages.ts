/** A script in stages: one reply each, the next one chosen by the last that was called for. */
import { call, type OfflineBlock, type OfflineReply, say } from './offlineReply.ts';
import type { DoneCall, Turn } from './readTurn.ts';

export interface Stage {
  readonly name: string;
  /** What it is called in the todo list, to be done and while it is done. */
  readonly todo: { readonly content: string; readonly activeForm: string } | undefined;
  /** The tools it can't do without. */
  readonly needs: readonly string[];
  build(turn: Turn): OfflineReply;
}

const TODO = 'TodoWrite';

/** The reply of the stage after the last one that was called for; a stage whose tools are not there is left out. */
export function playStages(stages: readonly Stage[], turn: Turn): OfflineReply {
  const last = turn.done.at(-1)?.stage;
  const next = stages.findIndex(({ name }) => name === last) + 1;
  const stage = stages.slice(next).find(({ needs }) => needs.every((tool) => turn.tools.has(tool)));
  if (stage === undefined) return [];
  return [...(next > 1 ? remark(turn) : []), ...todoList(stages, stage, turn), ...stage.build(turn)];
}

/** What came of a stage: of the calls that were its purpose. */
export function outcomeOf(stage: string, { done }: Turn): 'done' | 'not done' | 'not tried' {
  const calls = done.filter((made) => made.stage === stage && made.name !== TODO);
  if (calls.length === 0) return 'not tried';
  return calls.some(({ isError }) => isError) ? 'not done' : 'done';
}

/**
 * A step that was denied, or failed, is named; the script goes on with the next one. Not so the first, which only looks
 * whether something is there.
 */
function remark({ done }: Turn): readonly OfflineBlock[] {
  const last = done.at(-1)?.stage;
  const failed = done.filter(({ stage, name, isError }) => stage === last && name !== TODO && isError);
  const [first] = failed;
  if (first === undefined) return [];
  return [say(`That step did not work out:\n\n> ${firstLine(first)}\n\nNo harm done; on to the next.`)];
}

function firstLine({ text }: DoneCall): string {
  const line = text.split('\n').find((part) => part.trim() !== '') ?? 'no reason was given';
  return line.length > 200 ? `${line.slice(0, 200)}…` : line;
}

function todoList(stages: readonly Stage[], current: Stage, turn: Turn): readonly OfflineBlock[] {
  const at = stages.indexOf(current);
  // What there is to do is known after the first look only, and the last word needs no list.
  const isTime = at > 0 && (current.todo !== undefined || current.needs.includes(TODO));
  if (!isTime || !turn.tools.has(TODO)) return [];
  const todos = stages.flatMap(({ todo }, index) =>
    todo === undefined
      ? []
      : [{ ...todo, status: index < at ? 'completed' : index === at ? 'in_progress' : 'pending' }],
  );
  return [call(current.name, TODO, { todos })];
}
