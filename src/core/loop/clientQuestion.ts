/** The question that a client is asked about a call, with what a person needs to answer it. */
import type { RequestOf } from '../../protocol/control.ts';
import type { PermissionUpdate } from '../../protocol/permissions.ts';
import type { PermissionDecision, PermissionQuestion } from '../permissions/decidePermission.ts';
import { listOffers, type RuleOffer } from '../permissions/suggestions.ts';
import { isRuleUpdate } from '../settings/ruleFiles.ts';
import type { FilePreview } from '../tools/tool.ts';
import type { AuthorizeDeps, ToolCall } from './authorize.ts';
import { digestOf } from './digest.ts';

export type Asking = Extract<PermissionDecision, { behavior: 'ask' }>;

/** What it is put together from. */
interface ClientQuestion {
  readonly call: ToolCall;
  readonly question: PermissionQuestion;
  readonly deps: AuthorizeDeps;
}

/** Previews beyond this are left out of the question: the card says so and offers the diff. */
const MAX_PREVIEW_CHARS = 400_000;

export async function buildClientQuestion(
  { call, question, deps }: ClientQuestion,
  decision: Asking,
): Promise<RequestOf<'can_use_tool'> & { readonly digest: string }> {
  const { tool, input, view, toolUseId } = call;
  const { agentId } = deps;
  const offers = offersFor(question, decision, deps);
  const preview = toSmallPreview(await tool.preview?.(input, view));
  const previews = toSmallPreviews((await tool.previewFiles?.(input, view)) ?? []);
  return {
    tool_name: tool.name,
    input: { ...input },
    tool_use_id: toolUseId,
    permission_suggestions: toSuggestions(offers),
    ...(offers.length > 0
      ? { rule_offers: offers.map((offer) => toWireOffer(offer, deps.destinations)) }
      : {}),
    ...(decision.parts.length > 1 ? { command_parts: decision.parts.map((part) => ({ ...part })) } : {}),
    decision_reason: decision.reasons.map(({ text }) => text).join('\n'),
    decision_reason_type: decision.reasons[0]?.type ?? 'other',
    title: tool.title(input),
    display_name: tool.name,
    ...(typeof input.description === 'string' ? { description: input.description } : {}),
    requires_user_interaction: question.effects.some(({ kind }) => kind === 'ask'),
    digest: await digestOf({ tool: tool.name, input, cwd: view.workspace.cwd }),
    ...(agentId === undefined ? {} : { agent_id: agentId }),
    ...(decision.blockedPath === undefined ? {} : { blocked_path: decision.blockedPath }),
    ...(preview === undefined ? {} : { preview: { ...preview } }),
    ...(previews.length === 0 ? {} : { previews: previews.map((each) => ({ ...each })) }),
  };
}

/** Those that come after too much are named only. */
function toSmallPreviews(previews: readonly FilePreview[]): FilePreview[] {
  let size = 0;
  return previews.map(({ path, before, after }) => {
    size += (before?.length ?? 0) + (after?.length ?? 0);
    return size <= MAX_PREVIEW_CHARS ? { path, before, after } : { path, before: null, after: null };
  });
}

function toSmallPreview(preview: FilePreview | undefined): FilePreview | undefined {
  if (preview === undefined) return undefined;
  const size = (preview.before?.length ?? 0) + (preview.after?.length ?? 0);
  return size <= MAX_PREVIEW_CHARS ? preview : undefined;
}

/** A throw means that nothing is offered to be remembered. */
export function offersFor(
  question: PermissionQuestion,
  decision: Asking,
  { permissions, log }: Pick<AuthorizeDeps, 'permissions' | 'log'>,
): readonly RuleOffer[] {
  try {
    return listOffers(question, permissions.context(), decision);
  } catch (error) {
    log.error('what could be remembered can not be told', { tool: question.toolName, error: String(error) });
    return [];
  }
}

/** Many a client takes all that is suggested: only what covers this call and no more. */
export function toSuggestions(offers: readonly RuleOffer[]): PermissionUpdate[] {
  return offers.flatMap(({ update, isWide }) => (isWide ? [] : [update]));
}

/** A mode is for the session. */
function toWireOffer({ update, alsoAllows }: RuleOffer, destinations: AuthorizeDeps['destinations']) {
  const places = isRuleUpdate(update) ? [...destinations] : [update.destination];
  return { update, also_allows: [...alsoAllows], destinations: places };
}
