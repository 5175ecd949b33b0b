/** "Why Would Belay Ask?": a command, path or address is typed or pasted, and what would be decided stands below, with reasons. */
import { l10n, type QuickPickItem, ThemeIcon, window } from 'vscode';
import type { RequestOf, ResponseOf } from '../protocol/control.ts';
import { toQuestions } from './permissionQuestions.ts';
import type { RuleCommands } from './ruleCommands.ts';
import { toShownFile } from './ruleFile.ts';
import { toSourceLabel } from './ruleItems.ts';
import type { SessionHost } from './sessionHost.ts';

type Explanation = ResponseOf<'belay/permission_explain'>;
type Reason = Explanation['reasons'][number];
type Asked = Pick<SessionHost, 'request'>;
type Question = RequestOf<'belay/permission_explain'>;

interface Line extends QuickPickItem {
  /** Opens in its file when it is chosen. */
  readonly rule?: Reason['rule'];
}

/** `host`: the session that decides. Resolves once the question can be typed. */
export async function explainPermission(host: Asked | undefined, rules: RuleCommands): Promise<void> {
  if (host === undefined) {
    await window.showInformationMessage(
      l10n.t('Belay: open the chat first. What may be done is decided by its session.'),
    );
    return;
  }
  const { request } = host;
  const picker = window.createQuickPick<Line>();
  picker.title = l10n.t('Belay: why would it ask?');
  picker.placeholder = l10n.t('Paste a command, a path or a web address');
  let asked = 0;
  picker.onDidChangeValue(async (text) => {
    asked += 1;
    const mine = asked;
    const questions = toQuestions(text);
    picker.busy = questions.length > 0;
    const lines = await Promise.all(questions.map((question) => explain(question)));
    if (mine !== asked) return;
    picker.items = lines.flat();
    picker.busy = false;
  });
  async function explain(question: Question): Promise<readonly Line[]> {
    try {
      return toLines(question, await request('belay/permission_explain', question));
    } catch (error) {
      const label = error instanceof Error ? error.message : String(error);
      return [{ label, alwaysShow: true, iconPath: new ThemeIcon('error') }];
    }
  }
  picker.onDidAccept(async () => {
    const rule = picker.selectedItems[0]?.rule;
    if (rule?.file === undefined) return;
    picker.hide();
    await rules.open({ kind: 'rule', rule: { ...rule, editability: 'readonly' } });
  });
  picker.onDidHide(() => picker.dispose());
  picker.show();
}

const VERDICTS = {
  allow: { label: 'Allowed', icon: 'check' },
  ask: { label: 'Asked', icon: 'question' },
  deny: { label: 'Denied', icon: 'circle-slash' },
} as const;

const MODES = {
  default: 'Ask before edits',
  acceptEdits: 'Accept edits',
  plan: 'Plan',
  dontAsk: "Don't ask",
  bypassPermissions: 'Bypass permissions',
} as const;

function toLines({ tool_name }: Question, { behavior, mode, reasons, parts }: Explanation): readonly Line[] {
  const verdict = VERDICTS[behavior];
  const head: Line = {
    label: verdict.label,
    description: `${tool_name}, in the mode “${MODES[mode]}”`,
    iconPath: new ThemeIcon(verdict.icon),
    alwaysShow: true,
  };
  const ofParts = parts.length < 2 ? [] : parts.map(toPartLine);
  const known = new Set(ofParts.map(({ detail }) => detail));
  const own = reasons.filter(({ text, rule }) => rule !== undefined || !known.has(text)).map(toReasonLine);
  return [head, ...own, ...ofParts];
}

function toPartLine({ text, behavior, reason }: Explanation['parts'][number]): Line {
  return { label: text, detail: reason, alwaysShow: true, iconPath: new ThemeIcon(VERDICTS[behavior].icon) };
}

function toReasonLine({ text, rule }: Reason): Line {
  const line = { label: text, alwaysShow: true, iconPath: new ThemeIcon('info') };
  if (rule === undefined) return line;
  return {
    ...line,
    rule,
    detail: [toSourceLabel(rule.source), toShownFile(rule.file)].filter(Boolean).join(': '),
  };
}
