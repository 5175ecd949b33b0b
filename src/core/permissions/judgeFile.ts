/** Whether a file may be read or written, by what it is, where it lies, the rules that allow, and the mode. */
import type { LayeredRule, PermissionContext } from './decidePermission.ts';
import type { PathAccess, PathRules } from './pathRules.ts';
import { findPathOddity } from './pathSegments.ts';
import { findProtectedPart } from './protectedPaths.ts';
import type { RuleIndex } from './ruleIndex.ts';
import { allow, allowByRule, ask, type Verdict } from './verdict.ts';

export interface FileJudgeOptions {
  readonly context: PermissionContext;
  readonly index: RuleIndex;
  readonly paths: PathRules;
}

/** The rules that deny and ask have been held against the files already. */
export class FileJudge {
  readonly #options: FileJudgeOptions;
  /** What commands do to files, by path: one line names the same ones again and again. */
  readonly #judged = { read: new Map<string, Verdict>(), write: new Map<string, Verdict>() };

  constructor(options: FileJudgeOptions) {
    this.#options = options;
  }

  judge(access: PathAccess, path: string, toolName: string): Verdict {
    return access === 'read' ? this.#judgeRead(path, toolName) : this.#judgeWrite(path, toolName);
  }

  readonly judgeForCommand = (access: PathAccess, path: string): Verdict => {
    const judged = this.#judged[access];
    const known = judged.get(path);
    if (known !== undefined) return known;
    const verdict = this.judge(access, path, 'Bash');
    judged.set(path, verdict);
    return verdict;
  };

  #judgeRead(path: string, toolName: string): Verdict {
    const { context, paths } = this.#options;
    const oddity = findPathOddity(path, context.workspace.platform);
    if (oddity !== undefined) return ask({ type: 'safetyCheck', text: oddity }, path);
    if (paths.isWithin(path, context.readableDirectories))
      return allow({ type: 'workingDir', text: 'It reads within the workspace.' });
    const rule = this.#findAllowRule('read', path, toolName);
    if (rule !== undefined) return allowByRule(rule);
    return ask({ type: 'workingDir', text: `It reads outside the workspace: ${path}` }, path);
  }

  #judgeWrite(path: string, toolName: string): Verdict {
    const { context, paths } = this.#options;
    const part = paths
      .spellings(path)
      .map(findProtectedPart)
      .find((each) => each !== undefined);
    if (part !== undefined) {
      const text = `${part} is protected: what stands there is run or obeyed by other programs.`;
      return ask({ type: 'safetyCheck', text }, path);
    }
    const oddity = findPathOddity(path, context.workspace.platform);
    if (oddity !== undefined) return ask({ type: 'safetyCheck', text: oddity }, path);
    const rule = this.#findAllowRule('write', path, toolName);
    if (rule !== undefined) return allowByRule(rule);
    if (!paths.isWithin(path, []))
      return ask({ type: 'workingDir', text: `It writes outside the workspace: ${path}` }, path);
    if (context.mode === 'acceptEdits') return allow({ type: 'mode', text: 'Edits are accepted.' });
    return ask({ type: 'other', text: 'It changes a file.' }, path);
  }

  #findAllowRule(access: PathAccess, path: string, toolName: string): LayeredRule | undefined {
    const { index, paths } = this.#options;
    // Of a command, what the tool for reading or editing is allowed counts; of a tool, what it is allowed itself.
    const own = toolName === 'Bash' ? (access === 'read' ? 'Read' : 'Edit') : toolName;
    const bare = index.rules.find(
      (rule) => rule.behavior === 'allow' && rule.toolName === own && rule.ruleContent === undefined,
    );
    return bare ?? paths.findAllow(access, path, toolName);
  }
}
