/** Permissions that wait for a person, and which of a panel's answers count. */
import type { RequestOf } from '../protocol/control.ts';
import type { PermissionResult } from '../protocol/permissions.ts';
import { createPendingQuestions, type PendingQuestions } from './pendingQuestions.ts';

export type PermissionQuestion = RequestOf<'can_use_tool'>;
export type PendingPermissions = PendingQuestions<'can_use_tool'>;

/**
 * What a panel has answered, as it is to count; undefined: the panel is to be asked again, because it has shown something else
 * than is there by now. Must not throw.
 */
export type ReviewAnswer = (
  question: PermissionQuestion,
  answer: PermissionResult,
) => PermissionResult | undefined;

/** `onChange` is called whenever a question comes or goes. It must not throw. */
export function createPendingPermissions(
  onChange: () => void,
  review: ReviewAnswer = (_question, answer) => answer,
): PendingPermissions {
  return createPendingQuestions({
    kind: 'can_use_tool',
    onChange,
    review: (question, answer) => review(question, checkAnswer(question, answer)),
    misunderstood: {
      behavior: 'deny',
      message: 'The answer to the permission request was not understood.',
    },
  });
}

/**
 * An approval holds for exactly what was shown, so the digest of the question must come back with it; and a panel can
 * remember nothing but what was suggested, in no place but those that were named.
 */
function checkAnswer(question: PermissionQuestion, answer: PermissionResult): PermissionResult {
  if (answer.behavior !== 'allow') return answer;
  if (question.digest !== undefined && answer.digest !== question.digest) {
    return { behavior: 'deny', message: 'The approval was not for what was asked, so it does not count.' };
  }
  const offered = (question.rule_offers ?? []).flatMap(({ update, destinations = [] }) => [
    update,
    ...destinations.map((destination) => ({ ...update, destination })),
  ]);
  const suggested = new Set(
    [...(question.permission_suggestions ?? []), ...offered].map((update) => JSON.stringify(update)),
  );
  // The text of a file comes from the editor's own document, never from a page.
  const { updatedPermissions = [], belay_accepted: _, ...rest } = answer;
  const remembered = updatedPermissions.filter((update) => suggested.has(JSON.stringify(update)));
  return remembered.length === 0 ? rest : { ...rest, updatedPermissions: remembered };
}
