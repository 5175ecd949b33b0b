/**
 * An agent of the panel in a process of its own, behind its standard input and output. The conversation goes over them as it
 * does within the extension host, and beside it what the two processes ask each other (protocol/processRequests.ts). When the
 * host is gone, however that came, the input ends, and with it the session and this process.
 */
import { createJsonLinesChannel } from '../channel/jsonLines.ts';
import { createPeer, type Peer } from '../channel/peer.ts';
import { splitChannel } from '../channel/splitChannel.ts';
import type { Agent } from '../core/agent.ts';
import { parseStreamEvent } from '../core/model/parseStreamEvent.ts';
import { toWebReadable, toWebWritable } from '../node/standardStreams.ts';
import type { RequestOf } from '../protocol/control.ts';
import { type ProcessFacts, processMessage } from '../protocol/processRequests.ts';
import { createHostDiagnostics } from './hostDiagnostics.ts';
import { createHostFiles } from './hostFiles.ts';
import { createHostLanguageFeatures } from './hostLanguageFeatures.ts';
import { createHostLog } from './hostLog.ts';
import { createHostLogins } from './hostLogins.ts';
import { createHostModel, type HostModel } from './hostModel.ts';
import { createHostReviewComments } from './hostReviewComments.ts';
import { MAX_LINE_BYTES } from './maxLine.ts';
import { toModelTable } from './modelRows.ts';
import { createNodeParts } from './nodeParts.ts';
import { openSession } from './openSession.ts';

/** After this the process ends, whatever still hangs. Milliseconds. */
const PATIENCE_MS = 5000;

const lines = createJsonLinesChannel({
  input: toWebReadable(process.stdin),
  output: toWebWritable(process.stdout),
  maxLineBytes: MAX_LINE_BYTES,
  onProblem: (problem) => process.stderr.write(`${problem}\n`),
});
const { main, side } = splitChannel(lines);
const log = createHostLog((line) => void side.send(line));
let facts: ProcessFacts | undefined;
let models = toModelTable([]);
let model: HostModel | undefined;
let agent: Promise<Agent> | undefined;
let ending: Promise<void> | undefined;

const host: Peer = createPeer<'process'>(side, {
  handlers: {
    async 'belay/agent_start'(request) {
      agent ??= start(request);
      await agent;
      return {};
    },
    async 'belay/facts_change'(next) {
      learn(next);
      return {};
    },
    async 'belay/agent_end'() {
      await closeAgent();
      // The answer goes out first.
      setImmediate(() => void end());
      return {};
    },
  },
  onMessage: receive,
  onProblem: (problem, cause) => log.warn(problem, { cause }),
});
void host.closed.then(end);
for (const signal of ['SIGTERM', 'SIGHUP'] as const) process.on(signal, () => void end());
// Ctrl+C in the terminal of a server is for the server, which then ends this process in its own way.
process.on('SIGINT', () => undefined);
// A host that has gone is met where its end of the input is read.
process.stdout.on('error', () => undefined);
process.stderr.on('error', () => undefined);

function learn(next: ProcessFacts): void {
  facts = next;
  models = toModelTable(next.models);
}

async function start(request: RequestOf<'belay/agent_start'>): Promise<Agent> {
  learn(request.facts);
  const workspace = createLiveWorkspace(() => facts ?? request.facts);
  const { storageRoot, ripgrepCandidates, start } = request;
  const parts = createNodeParts({ workspace, environment: process.env, log, storageRoot });
  model = createHostModel(host);
  const opened = await openSession({ ...start, permissionMode: start.permissionMode }, main, {
    ...parts,
    workspace,
    ripgrepCandidates,
    files: createHostFiles(parts.disk, host),
    diagnostics: createHostDiagnostics(host, log),
    languageFeatures: createHostLanguageFeatures(host),
    login: createHostLogins(host),
    reviewComments: createHostReviewComments(host, { sessionId: start.sessionId, log }),
    fileNews: { now: () => host.request('belay/file_news', {}) },
    savesSince: (number) => host.request('belay/saves_since', { number }),
    streamModel: model.streamModel,
    models: () => models,
    modelList: () => facts?.modelList ?? [],
  });
  const close = async (): Promise<void> => {
    await opened.close();
    await parts.temporaryFiles.close();
  };
  return { ...opened, close };
}

function createLiveWorkspace(now: () => ProcessFacts): ProcessFacts['workspace'] {
  const { home, platform, osDescription } = now().workspace;
  return {
    ...{ home, platform, osDescription },
    get cwd() {
      return now().workspace.cwd;
    },
    get roots() {
      return now().workspace.roots;
    },
    get trusted() {
      return now().workspace.trusted;
    },
    get hasFolder() {
      return now().workspace.hasFolder;
    },
  };
}

function receive(message: unknown): void {
  const parsed = processMessage.safeParse(message);
  if (!parsed.success || parsed.data.type !== 'belay/model_event') {
    log.warn('a message of the host was skipped');
    return;
  }
  const event = parseStreamEvent('', parsed.data.data);
  if (event !== undefined && event.type !== 'error') model?.receive(parsed.data.stream_id, event);
}

async function closeAgent(): Promise<void> {
  const opened = await agent?.catch(() => undefined);
  await opened?.close();
}

/** Once. The process ends by itself when nothing is left to do, and by force when something hangs. */
function end(): Promise<void> {
  ending ??= endAll();
  return ending;
}

async function endAll(): Promise<void> {
  setTimeout(() => process.exit(1), PATIENCE_MS).unref();
  await closeAgent().catch((error: unknown) => log.error('the session did not end cleanly', { error }));
  lines.close();
  await lines.flushed;
  process.exit(0);
}
