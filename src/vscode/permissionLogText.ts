/** The permission log of a session as a table in Markdown: to be read as it is, and as a page. */
import type { PermissionDecidedLine } from '../core/sessions/permissionLog.ts';

const HEADS = ['When (UTC)', 'Decision', 'Who', 'Tool', 'What', 'Why'] as const;

const WHO: Readonly<Record<PermissionDecidedLine['who'], string>> = {
  rule: 'rule',
  mode: 'mode',
  hook: 'hook',
  person: 'you',
  sandbox: 'sandbox',
  belay: 'Belay',
  nobody: 'nobody was there',
};

export function toPermissionLogText(title: string, lines: readonly PermissionDecidedLine[]): string {
  const head = `# Permission log${title === '' ? '' : `: ${toCell(title)}`}\n\n`;
  if (lines.length === 0) return `${head}Nothing has been decided in this session yet.\n`;
  const row = (cells: readonly string[]): string => `| ${cells.join(' | ')} |\n`;
  return `${head}${row(HEADS)}${row(HEADS.map(() => '---'))}${lines.map((line) => row(toCells(line))).join('')}`;
}

function toCells(line: PermissionDecidedLine): readonly string[] {
  const { timestamp, decision, who, tool_name, agent_id, subject } = line;
  return [
    timestamp.slice(0, 19).replace('T', ' '),
    decision === 'allow' ? 'allowed' : 'denied',
    WHO[who],
    agent_id === undefined ? tool_name : `${tool_name} (subagent)`,
    subject === '' ? '' : toCode(subject),
    toWhy(line),
  ].map((cell, index) => (index === 4 ? cell : toCell(cell)));
}

function toWhy({ reason, rule, layer, remembered }: PermissionDecidedLine): string {
  const named = rule === undefined || reason.includes(rule) ? '' : ` ${rule} (${layer ?? ''})`;
  const kept = remembered === undefined ? '' : ` Remembered: ${remembered.join(', ')}`;
  return `${reason}${named}${kept}`;
}

/** Nothing in it ends the cell, begins markup, or can't be seen. */
function toCell(text: string): string {
  return showHidden(text)
    .replace(/[\\`*_{}[\]<>#|!~&]/g, '\\$&')
    .replaceAll('\n', ' ⏎ ');
}

/** In a table a code span can't hold a bar, so that is escaped; the fence is longer than any run of backticks in it. */
function toCode(text: string): string {
  const shown = showHidden(text).replaceAll('\n', ' ⏎ ').replaceAll('|', '\\|');
  const longest = Math.max(0, ...[...shown.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = '`'.repeat(longest + 1);
  return `${fence} ${shown} ${fence}`;
}

/** As the permission card shows them (webview/permission/hiddenCharacters.ts), by their code. */
function showHidden(text: string): string {
  return text.replace(
    /(?![\n\t])[\p{Cc}\p{Cf}\p{Co}\p{Cn}]|\p{Default_Ignorable_Code_Point}/gu,
    (char) => `⟨U+${(char.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}⟩`,
  );
}
