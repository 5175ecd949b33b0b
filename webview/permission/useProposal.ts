/** What a person has made of a proposal in the editor, while its question waits. */
import { useMemo } from 'preact/hooks';
import type { PermissionResult } from '../../src/protocol/permissions.ts';
import { useModel, usePanel } from '../view/context.ts';
import type { Request } from './describeRequest.ts';

export interface ShownProposal {
  /** The request with the change as it would be written now. */
  readonly request: Request;
  readonly isChanged: boolean;
  readonly comments: number;
  /** What an answer that allows it carries, so that it counts for what is shown and for nothing else. */
  readonly answer: Pick<Extract<PermissionResult, { behavior: 'allow' }>, 'belay_proposal'>;
  /** undefined: there is nothing to be opened. */
  readonly open: (() => void) | undefined;
}

export function useProposal(request: Request): ShownProposal {
  const { peer, announce } = usePanel();
  const proposal = useModel(({ host }) =>
    host?.proposals?.find(({ tool_use_id }) => tool_use_id === request.tool_use_id),
  );
  return useMemo(() => {
    if (proposal === undefined)
      return { request, isChanged: false, comments: 0, answer: {}, open: undefined };
    const { change, comments, version } = proposal;
    const { preview } = request;
    const isChanged = change !== undefined && preview !== undefined;
    return {
      request: isChanged ? { ...request, preview: { ...preview, ...change } } : request,
      isChanged,
      comments,
      answer: { belay_proposal: version },
      open: () => {
        const failed = (): void => announce('The proposal could not be opened.');
        peer.request('belay/proposal_open', { tool_use_id: request.tool_use_id }).then(({ opened }) => {
          if (!opened) failed();
        }, failed);
      },
    };
  }, [request, proposal, peer, announce]);
}
