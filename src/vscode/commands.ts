/** The commands people find in the palette, in menus and on keys. */
import { commands, Disposable, type ExtensionContext, Uri } from 'vscode';
import { openTab } from './chatTab.ts';
import { explainPermission } from './explainPermission.ts';
import type { LazySessions } from './lazySessions.ts';
import type { EditorLog } from './log.ts';
import type { PermissionLogs } from './permissionLog.ts';
import type { RuleCommands } from './ruleCommands.ts';
import { type EditorSecrets, readOwnServer } from './secrets.ts';

export interface CommandDeps {
  readonly sessions: LazySessions;
  readonly secrets: EditorSecrets;
  readonly log: EditorLog;
  readonly rules: RuleCommands;
  readonly permissionLogs: PermissionLogs;
}

export function registerCommands(context: ExtensionContext, deps: CommandDeps): Disposable {
  const { sessions, secrets, log, rules, permissionLogs } = deps;
  const table: Readonly<Record<string, (argument?: unknown) => unknown>> = {
    'belay.open': () => sessions.use((loaded) => loaded.openView()),
    'belay.openInTab': () => openTab(context, sessions),
    'belay.newSession': () => sessions.use((loaded) => loaded.newSession()),
    'belay.resumeSession': () => sessions.use((loaded) => loaded.resumeSession()),
    'belay.continueClaudeSession': () => sessions.use((loaded) => loaded.continueClaudeSession()),
    'belay.interrupt': () => sessions.use((loaded) => loaded.interrupt()),
    'belay.rewind': () => sessions.use((loaded) => loaded.askRewind()),
    'belay.redoRewind': () => sessions.use((loaded) => loaded.redoRewind()),
    'belay.fileHistory': (uri) =>
      sessions.use((loaded) => loaded.checkpoints.showFileHistory(uri instanceof Uri ? uri : undefined)),
    'belay.copyConversation': () => sessions.use((loaded) => loaded.copyConversation()),
    'belay.exportConversation': () => sessions.use((loaded) => loaded.exportConversation()),
    'belay.setApiKey': () => secrets.askApiKey(readOwnServer()),
    'belay.chooseProvider': () => sessions.use((loaded) => loaded.chooseProvider()),
    'belay.showLog': () => log.show(),
    'belay.explainPermission': () => sessions.use((loaded) => explainPermission(loaded.currentHost(), rules)),
    'belay.showPermissionLog': () => sessions.use((loaded) => permissionLogs.show(loaded.currentSession())),
  };
  return Disposable.from(...Object.entries(table).map(([name, run]) => commands.registerCommand(name, run)));
}
