/** Opens agents for the sessions of this window: in the extension host, or each in a process of its own, as the setting says. */
import { join } from 'node:path';
import { Disposable, workspace as vscodeWorkspace } from 'vscode';
import type { ReviewComments } from '../core/ports.ts';
import { toWireRows } from '../process/modelRows.ts';
import { openSession, type SessionStart } from '../process/openSession.ts';
import type { ProcessFacts } from '../protocol/processRequests.ts';
import { type AgentLink, type AgentStart, openInProcess } from './agentLink.ts';
import { openAgentProcess } from './agentProcess.ts';
import type { EditorPorts } from './editorPorts.ts';
import { findDocument, hasUnsavedChanges } from './openDocuments.ts';
import type { Providers } from './providers.ts';
import type { Settings } from './settings.ts';

export interface OpenAgentDeps {
  readonly ports: EditorPorts;
  readonly providers: Providers;
  readonly settings: () => Settings;
  /** By session. */
  readonly reviewComments: (sessionId: string) => ReviewComments;
  readonly version: string;
  readonly storageRoot: string;
  /** The script of an agent in a process of its own, absolute. */
  readonly script: string;
}

/** Where a session's agent runs is decided once, when the session is opened; after a crash it runs there again. */
export function chooseAgentOpener(deps: OpenAgentDeps): (start: AgentStart) => AgentLink {
  const open = deps.settings().agentProcess === 'child' ? openOutside : openInside;
  return (start) => open(toSessionStart(start, deps), deps);
}

function toSessionStart(start: AgentStart, { settings, version, storageRoot }: OpenAgentDeps): SessionStart {
  const { maxTurns, maxBudgetUsd, effort, checkpointsEnabled, sandboxEnabled } = settings();
  // The storage lies in the folder of the profile that is in use.
  const userServersFile = join(storageRoot, '..', '..', 'mcp.json');
  return {
    ...start,
    ...{ maxTurns, maxBudgetUsd, effort, checkpointsEnabled, sandboxEnabled, version, userServersFile },
  };
}

function openInside(start: SessionStart, deps: OpenAgentDeps): AgentLink {
  const { streamModel, models, modelList } = deps.providers;
  const reviewComments = deps.reviewComments(start.sessionId);
  return openInProcess((channel) =>
    openSession(start, channel, { ...deps.ports, streamModel, models, modelList, reviewComments }),
  );
}

function openOutside(start: SessionStart, deps: OpenAgentDeps): AgentLink {
  const { ports, providers, storageRoot, script } = deps;
  const { files, workspace, environment, log, ripgrepCandidates } = ports;
  return openAgentProcess({
    ...{ script, environment, files, log },
    platform: workspace.platform,
    documents: {
      isHeld: (path) => findDocument(path) !== undefined,
      isDirtyText: (path) => findDocument(path)?.isDirty === true,
      hasUnsavedChanges,
    },
    fileNews: ports.fileNews,
    savesSince: ports.savesSince,
    diagnostics: ports.diagnostics,
    languageFeatures: ports.languageFeatures,
    login: ports.login,
    reviewComments: deps.reviewComments,
    streamModel: providers.streamModel,
    request: {
      start: { ...start },
      facts: toFacts(deps),
      storageRoot,
      ripgrepCandidates: [...ripgrepCandidates],
    },
    onFacts: (listener) => onFacts(deps, listener),
  });
}

function toFacts({ ports: { workspace }, providers }: OpenAgentDeps): ProcessFacts {
  const { cwd, roots, home, platform, trusted, osDescription, hasFolder } = workspace;
  return {
    workspace: { cwd, roots: [...roots], home, platform, trusted, osDescription, hasFolder },
    models: toWireRows(providers.models()),
    modelList: [...providers.modelList()],
  };
}

function onFacts(deps: OpenAgentDeps, listener: (facts: ProcessFacts) => void): () => void {
  const tell = (): void => listener(toFacts(deps));
  const sources = Disposable.from(
    vscodeWorkspace.onDidGrantWorkspaceTrust(tell),
    vscodeWorkspace.onDidChangeWorkspaceFolders(tell),
    deps.providers.onDidChange(tell),
  );
  return () => sources.dispose();
}
