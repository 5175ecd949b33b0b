/** One agent of a session, until it is closed or lost: how it is opened, and what of its questions a person answers. */
import { createPeer, type Peer } from '../channel/peer.ts';
import { refuseHookCallback } from '../channel/refuseHookCallback.ts';
import type { Log } from '../core/ports.ts';
import type { RequestOf } from '../protocol/control.ts';
import type { AgentLink, AgentStart } from './agentLink.ts';
import { askElicitation, type OpenPage, type PendingElicitations } from './pendingElicitations.ts';
import type { PendingPermissions } from './pendingPermissions.ts';
import type { PendingSamples } from './pendingSamples.ts';

export interface AgentRun {
  readonly link: AgentLink;
  readonly peer: Peer;
  /** It has opened the session: what it was started with is in use. */
  readonly isOpen: boolean;
}

export interface AgentRunOptions {
  readonly openAgent: (start: AgentStart) => AgentLink;
  readonly permissions: Pick<PendingPermissions, 'ask'>;
  readonly elicitations: PendingElicitations;
  readonly samples: Pick<PendingSamples, 'ask'>;
  readonly openPage: OpenPage;
  readonly log: Log;
  /** The rest must not throw. A person is about to be asked this. */
  onQuestion(question: RequestOf<'can_use_tool'>): void;
  /** A person has seen all that this call changes, and has allowed it. */
  onAgreed(toolUseId: string): void;
  onMessage(run: AgentRun, message: unknown): void;
  /** It could not open the session. */
  onFail(run: AgentRun, error: unknown): void;
  /** It is gone though nobody has closed it. */
  onLost(run: AgentRun, how: string): void;
}

export function openRun(start: AgentStart, options: AgentRunOptions): AgentRun {
  const { permissions, elicitations, samples, openPage, log } = options;
  const link = options.openAgent(start);
  const peer = createPeer<'client' | 'program'>(link.channel, {
    handlers: {
      can_use_tool: async (question, { signal }) => {
        options.onQuestion(question);
        const answer = await permissions.ask(question, signal);
        if (answer.behavior === 'allow' && showsAll(question)) options.onAgreed(question.tool_use_id);
        return answer;
      },
      hook_callback: refuseHookCallback,
      elicitation: (asked, { signal }) => askElicitation(asked, { pending: elicitations, openPage, signal }),
      'belay/mcp_sample': (asked, { signal }) => samples.ask(asked, signal),
      async mcp_message({ server_name }) {
        throw new Error(`The editor has no MCP servers of its own, so it has none named "${server_name}".`);
      },
    },
    onMessage: (message) => options.onMessage(run, message),
    onProblem: (problem, cause) => log.warn(problem, { cause }),
  });
  let isOpen = false;
  const run: AgentRun = {
    link,
    peer,
    get isOpen() {
      return isOpen;
    },
  };
  link.started.then(
    () => {
      isOpen = true;
    },
    (error: unknown) => options.onFail(run, error),
  );
  void link.lost.then((how) => (isOpen ? options.onLost(run, how) : options.onFail(run, new Error(how))));
  return run;
}

/** Whether the question showed what becomes of each file. What was too large was only named. */
function showsAll({ preview, previews = [] }: RequestOf<'can_use_tool'>): boolean {
  if (preview !== undefined) return true;
  return previews.length > 0 && previews.every(({ before, after }) => before !== null || after !== null);
}
