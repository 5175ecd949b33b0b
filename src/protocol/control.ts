/**
 * The control protocol: requests in both directions, matched by `request_id`. One table says, for each subtype, who asks
 * whom and the shapes of question and answer; the Peer (src/channel/peer.ts) is typed from it, so that a missing handler
 * does not compile. Subtypes without a slash are the Agent SDK's; those that start with `belay/` are ours.
 */
import type * as z from 'zod';
import { agentRequests } from './agentRequests.ts';
import { clientRequests } from './clientRequests.ts';
import type { Answerer } from './controlSpec.ts';
import { editorRequests } from './editorRequests.ts';
import { processRequests } from './processRequests.ts';

export const controlTable = {
  ...agentRequests,
  ...clientRequests,
  ...editorRequests,
  ...processRequests,
} as const;

export type ControlTable = typeof controlTable;
export type Subtype = keyof ControlTable;
export type RequestOf<S extends Subtype> = z.infer<ControlTable[S]['request']>;
export type ResponseOf<S extends Subtype> = z.infer<ControlTable[S]['response']>;
/** The subtypes that one side answers. */
export type AnsweredBy<Who extends Answerer> = {
  [S in Subtype]: [Extract<ControlTable[S]['answeredBy'], Who>] extends [never] ? never : S;
}[Subtype];
