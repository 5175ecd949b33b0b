/** What an MCP server asks of the person. All of it is the server's own text: shown as it is, with nothing invisible in it. */
import type { VNode } from 'preact';
import type { ElicitationRequest } from '../permission/permissionRequests.ts';
import { FormCard } from './FormCard.tsx';
import { PageCard } from './PageCard.tsx';
import './elicitation.css';

export interface ElicitationCardProps {
  readonly request: ElicitationRequest;
  /** How many requests wait in all, this one included. */
  readonly waiting: number;
}

export function ElicitationCard(props: ElicitationCardProps): VNode {
  return props.request.request.mode === 'url' ? <PageCard {...props} /> : <FormCard {...props} />;
}
