/** Above the composer: what the agent waits for. One at a time, in the order asked. */
import type { VNode } from 'preact';
import { ElicitationCard } from '../elicitation/ElicitationCard.tsx';
import { SampleCard } from '../elicitation/SampleCard.tsx';
import { usePanel, useSource } from '../view/context.ts';
import { PermissionCard } from './PermissionCard.tsx';
import { PlanCard } from './PlanCard.tsx';
import type { PermissionRequest } from './permissionRequests.ts';
import { QuestionCard } from './QuestionCard.tsx';
import './permission.css';

export interface RequestCardProps {
  readonly request: PermissionRequest;
  /** How many wait in all, this one included. */
  readonly waiting: number;
}

export function PermissionDock(): VNode | null {
  const { permissions } = usePanel();
  const all = useSource(permissions, (waiting) => waiting);
  const [first] = all;
  if (first === undefined) return null;
  if (first.kind === 'elicitation') {
    return <ElicitationCard key={first.key} request={first} waiting={all.length} />;
  }
  if (first.kind === 'sample') return <SampleCard key={first.key} request={first} waiting={all.length} />;
  const Card = toCard(first);
  return <Card key={first.key} request={first} waiting={all.length} />;
}

function toCard({ request }: PermissionRequest): (props: RequestCardProps) => VNode {
  if (request.tool_name === 'AskUserQuestion') return QuestionCard;
  if (request.tool_name === 'ExitPlanMode') return PlanCard;
  return PermissionCard;
}
