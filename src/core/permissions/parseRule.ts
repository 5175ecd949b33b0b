/** From a rule as people write it (`Bash(npm test)`, `Read`) to its parts; `formatRule` is the way back. */
import type { PermissionRule } from '../../protocol/permissions.ts';

/** undefined: not a rule. `Bash(*)` and `Bash()` say no more than `Bash`. */
export function parseRule(text: string): PermissionRule | undefined {
  const found = /^([^\s(),]+)(?:\(([\s\S]*)\))?$/.exec(text.trim());
  const [, toolName, scope] = found ?? [];
  if (toolName === undefined) return undefined;
  const ruleContent = scope?.trim();
  if (ruleContent === undefined || ruleContent === '' || ruleContent === '*') return { toolName };
  return { toolName, ruleContent };
}

/** As it is written in settings: `Bash(npm test)`. */
export function formatRule(rule: PermissionRule): string {
  return rule.ruleContent === undefined ? rule.toolName : `${rule.toolName}(${rule.ruleContent})`;
}

/** Rules in one text, between commas or blanks that stand outside of brackets: `Bash(git log *), Read`. */
export function splitRules(text: string): readonly string[] {
  const rules: string[] = [];
  let depth = 0;
  let current = '';
  for (const character of text) {
    if (character === '(') depth += 1;
    if (character === ')') depth = Math.max(0, depth - 1);
    if (depth === 0 && /[\s,]/.test(character)) {
      rules.push(current);
      current = '';
    } else current += character;
  }
  return [...rules, current].filter((rule) => rule !== '');
}
