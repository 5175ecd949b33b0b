/**
 * What VS Code loads. Only registrations: everything that takes time is loaded by them when it is first needed
 * (lazySessions.ts).
 */
import type { ExtensionContext } from 'vscode';
import { createAttention } from './attention.ts';
import { registerChatTabs } from './chatTab.ts';
import { registerChatView } from './chatView.ts';
import { registerChangeDecorations } from './checkpoints/changeDecorations.ts';
import { createCheckpointSource } from './checkpoints/checkpointSource.ts';
import { registerCheckpointTree } from './checkpoints/checkpointTree.ts';
import { registerCommands } from './commands.ts';
import { hasOpenComments, registerCommentCommands } from './comments/commentCommands.ts';
import { registerContextCommands } from './context/contextCommands.ts';
import { registerEarlierTexts } from './earlierText.ts';
import { createLazySessions, type LazySessions } from './lazySessions.ts';
import { createLog } from './log.ts';
import { registerLogins } from './mcp/logins.ts';
import { registerMcpTree } from './mcp/mcpTree.ts';
import { registerPermissionLogs } from './permissionLog.ts';
import { registerProposalCommands } from './proposals/proposalCommands.ts';
import { registerProposalFiles } from './proposals/proposalFiles.ts';
import { registerReviewCommands } from './review/reviewCommands.ts';
import { createRuleCommands } from './ruleCommands.ts';
import { registerRuleTree } from './ruleTree.ts';
import { createSecrets } from './secrets.ts';

/** Milliseconds that the end of the window waits for what is still to be written. */
const CLOSE_MS = 2000;

/** VS Code hands nothing to `deactivate`. */
let active: LazySessions | undefined;

export function activate(context: ExtensionContext): void {
  const started = performance.now();
  const log = createLog();
  const secrets = createSecrets(context, log);
  const earlierTexts = registerEarlierTexts();
  const proposalFiles = registerProposalFiles();
  const login = registerLogins(context, log);
  const attention = createAttention(() => sessions.use((loaded) => loaded.showWaiting()));
  const sessions = createLazySessions(async () => {
    const started = performance.now();
    const { createSessions } = await import('./session.ts');
    const loaded = await createSessions({
      ...{ context, log, secrets, attention, earlierTexts, proposalFiles, login },
      onRulesChange: rules.changed,
      onCheckpointsChange: checkpoints.changed,
      onServersChange: () => servers.changed(),
    });
    log.info('sessions loaded', { milliseconds: Math.round(performance.now() - started) });
    return loaded;
  }, log);
  const rules = createRuleCommands(sessions);
  const checkpoints = createCheckpointSource(sessions, log);
  const servers = registerMcpTree(sessions);
  const permissionLogs = registerPermissionLogs(sessions);
  active = sessions;
  context.subscriptions.push(
    log,
    attention,
    earlierTexts,
    proposalFiles,
    login,
    registerChatView(context, sessions),
    registerChatTabs(context, sessions),
    registerRuleTree({ rules, log }),
    servers,
    checkpoints,
    registerCheckpointTree({ source: checkpoints, sessions }),
    registerChangeDecorations(checkpoints),
    permissionLogs,
    registerReviewCommands(sessions),
    registerProposalCommands(sessions),
    registerCommentCommands(sessions),
    registerContextCommands(sessions),
    registerCommands(context, { sessions, secrets, log, rules, permissionLogs }),
  );
  // What waits to be looked at is shown without a panel.
  const isWaiting = context.workspaceState.get('belay.review.waiting') === true;
  if (isWaiting || hasOpenComments(context.workspaceState)) sessions.use((loaded) => loaded.review.ready);
  log.info('activated', { milliseconds: Math.round(performance.now() - started) });
}

export async function deactivate(): Promise<void> {
  const sessions = await active?.loaded;
  active = undefined;
  const limit = new Promise<void>((resolve) => setTimeout(resolve, CLOSE_MS));
  await Promise.race([sessions?.close(), limit]);
}
