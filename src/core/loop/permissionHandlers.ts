/** The control requests about permissions: which rules there are, what would be decided and why, and a rule taken away. */
import type { Handlers } from '../../channel/peer.ts';
import type { RequestOf, ResponseOf } from '../../protocol/control.ts';
import { createRecordingFiles } from '../checkpoints/recordingFiles.ts';
import {
  type DecisionReason,
  type LayeredRule,
  listCommandParts,
  type RuleLayer,
} from '../permissions/decidePermission.ts';
import { formatRule } from '../permissions/parseRule.ts';
import { FileError } from '../ports.ts';
import { isRuleUpdate } from '../settings/ruleFiles.ts';
import { ToolInputError } from '../tools/tool.ts';
import type { ActorParts } from './actorParts.ts';
import { buildQuestion, judge } from './authorize.ts';

type PermissionHandlers = Pick<
  Handlers<'agent'>,
  'list_permission_rules' | 'belay/permission_explain' | 'belay/permission_change'
>;

export function createPermissionHandlers(parts: ActorParts): PermissionHandlers {
  return {
    list_permission_rules: async () => describeRules(parts),
    'belay/permission_explain': (request) => explain(request, parts),
    'belay/permission_change': async ({ update }) => {
      // The mode has a request of its own, which knows what a session may not be set to.
      if (!isRuleUpdate(update)) throw new Error('Only rules can be changed by this request.');
      const [problem] = await parts.remember([update]);
      return problem === undefined ? {} : { problem };
    },
  };
}

const SOURCES: Readonly<Record<RuleLayer, string>> = {
  cliArg: 'cliArg',
  session: 'session',
  user: 'userSettings',
  project: 'projectSettings',
  local: 'localSettings',
  policy: 'policySettings',
};

function describeRules({ permissions, ports, options }: ActorParts): ResponseOf<'list_permission_rules'> {
  const { rules, additionalDirectories } = permissions.context();
  const { settingsDir } = options;
  const { ruleProblems = options.ruleProblems ?? [], policy } = ports.settings?.now ?? {};
  return {
    state: {
      rules: rules.map((rule) => ({
        behavior: rule.behavior,
        source: SOURCES[rule.layer],
        rule: formatRule(rule),
        editability: toEditability(rule, settingsDir !== undefined),
        ...(rule.source === undefined ? {} : { file: rule.source.file }),
      })),
      workspaceDirectories: [
        ...ports.workspace.roots.slice(1).map((path) => ({ path, source: 'cliArg' })),
        ...additionalDirectories.map((path) => ({ path, source: 'session' })),
      ],
      originalCwd: ports.workspace.cwd,
      managedOnly: policy?.managedRulesOnly === true,
      problems: ruleProblems.map(({ layer, ...problem }) => ({ ...problem, source: SOURCES[layer] })),
    },
  };
}

function toEditability(
  { layer, source }: LayeredRule,
  canKeep: boolean,
): 'persistent' | 'session' | 'readonly' {
  if (layer === 'session' || layer === 'cliArg') return 'session';
  return canKeep && source !== undefined && layer !== 'policy' ? 'persistent' : 'readonly';
}

type Explanation = ResponseOf<'belay/permission_explain'>;

/** Nothing is run. Throws for a tool that isn't there and for input that it would not take. */
async function explain(
  { tool_name, input }: RequestOf<'belay/permission_explain'>,
  { options, ports, permissions, readState }: ActorParts,
): Promise<Explanation> {
  const tool = options.tools.find(({ name }) => name === tool_name);
  if (tool === undefined) throw new Error(`There is no tool named "${tool_name}" in this session.`);
  const parsed = tool.inputSchema.safeParse(input);
  if (!parsed.success) throw new Error(`The input does not fit ${tool_name}.`);
  const { files, workspace, log } = ports;
  const view = { workspace, files: createRecordingFiles(files, undefined), readState };
  const { mode } = permissions.context();
  try {
    const question = await buildQuestion({ tool, input, view }, { files });
    const { behavior, reasons } = judge(question, { permissions, log });
    const commands = listCommandParts(question, permissions.context());
    return { behavior, mode, reasons: reasons.map(toReason), parts: commands.map((part) => ({ ...part })) };
  } catch (error) {
    if (!(error instanceof ToolInputError || error instanceof FileError)) throw error;
    // What the tool itself refuses is not run, whoever allows it.
    return { behavior: 'deny', mode, reasons: [{ type: 'other', text: error.message }], parts: [] };
  }
}

function toReason({ type, text, rule }: DecisionReason): Explanation['reasons'][number] {
  if (rule === undefined) return { type, text };
  const { behavior, layer, source } = rule;
  const file = source === undefined ? {} : { file: source.file };
  return { type, text, rule: { behavior, source: SOURCES[layer], rule: formatRule(rule), ...file } };
}
