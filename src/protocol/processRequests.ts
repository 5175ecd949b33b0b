/**
 * What the VS Code host and an agent in a process of its own ask each other beside the conversation: the host starts and ends
 * the agent and tells it what is so (`process` answers); the agent asks for what only the editor has (`host` answers).
 */
import * as z from 'zod';
import { contentBlock } from './blocks.ts';
import { spec } from './controlSpec.ts';
import { failure } from './failure.ts';
import { languageAnswer, languageQuestion } from './languageFeatures.ts';
import { effortLevel, modelInfo } from './models.ts';
import { permissionMode } from './permissions.ts';
import { problemBaseline, problemsFound } from './problems.ts';

const empty = z.looseObject({});
const price = z.object({
  input: z.number(),
  output: z.number(),
  cacheRead: z.number(),
  cacheWrite5m: z.number(),
  cacheWrite1h: z.number(),
});

/** A model as the provider has it. JSON has no infinity: `upToPromptTokens` null is a price for prompts of any length. */
const modelRow = z.object({
  id: z.string(),
  displayName: z.string(),
  description: z.string(),
  contextWindow: z.number(),
  maxOutput: z.number(),
  prices: z.array(z.object({ upToPromptTokens: z.number().nullable(), price })).optional(),
  thinking: z.enum(['adaptive', 'budget', 'none']),
  efforts: z.array(effortLevel),
  defaultEffort: effortLevel.optional(),
  takesSystemMessages: z.boolean(),
});
export type WireModelRow = z.infer<typeof modelRow>;

/** What may change while a session runs. */
const facts = z.object({
  workspace: z.object({
    cwd: z.string(),
    roots: z.array(z.string()),
    home: z.string(),
    platform: z.enum(['linux', 'darwin', 'win32']),
    trusted: z.boolean(),
    osDescription: z.string(),
    hasFolder: z.boolean(),
  }),
  models: z.array(modelRow),
  modelList: z.array(modelInfo),
});
export type ProcessFacts = z.infer<typeof facts>;

const sessionStart = z.object({
  sessionId: z.string(),
  resume: z.boolean(),
  model: z.string(),
  permissionMode: permissionMode.optional(),
  checkpointsEnabled: z.boolean(),
  sandboxEnabled: z.boolean(),
  userServersFile: z.string(),
  maxTurns: z.number().optional(),
  /** US dollars. */
  maxBudgetUsd: z.number().optional(),
  effort: effortLevel.optional(),
  version: z.string(),
});

/** `code`: the system's word, as of a FileError. */
const fileFailure = z.object({ kind: z.literal('failed'), code: z.string(), message: z.string() });
/** No editor holds this file: it is as the disk has it. */
const notHeld = z.object({ kind: z.literal('disk') });

/** A ModelError, field by field. */
const modelFailure = z.object({
  kind: failure.shape.kind.exclude(['no_workspace', 'storage']),
  message: z.string(),
  status: z.number().optional(),
  code: z.string().optional(),
  retryAfterMs: z.number().optional(),
  retryable: z.boolean(),
  requestId: z.string().optional(),
  host: z.string().optional(),
});
export type WireModelFailure = z.infer<typeof modelFailure>;

const modelRequest = z.object({
  model: z.string(),
  system: z.array(z.string()),
  tools: z.array(
    z.object({
      name: z.string(),
      description: z.string(),
      input_schema: z.record(z.string(), z.unknown()),
    }),
  ),
  messages: z.array(
    z.object({ role: z.enum(['user', 'assistant', 'system']), content: z.array(contentBlock) }),
  ),
  maxTokens: z.number(),
  effort: effortLevel.optional(),
  maxThinkingTokens: z.number().optional(),
});

export const processRequests = {
  'belay/agent_start': spec(
    'process',
    z.object({
      start: sessionStart,
      facts,
      /** Belay's own folder. */
      storageRoot: z.string(),
      ripgrepCandidates: z.array(z.string()),
    }),
    empty,
  ),
  'belay/facts_change': spec('process', facts, empty),
  /** Ends the turn and writes what is to be written. The process ends after its answer. */
  'belay/agent_end': spec('process', empty, empty),

  /** Whether an editor shows the file or has unsaved changes of it. */
  'belay/document_find': spec(
    'host',
    z.object({ path: z.string() }),
    z.object({ isHeld: z.boolean(), isUnsaved: z.boolean() }),
  ),
  /** The files that the user has saved in the editor after the save of this number, and the number of the last. */
  'belay/saves_since': spec(
    'host',
    z.object({ number: z.number() }),
    z.object({ last: z.number(), paths: z.array(z.string()) }),
  ),
  /** How many files have come and gone, and which a person doesn't want to see. */
  'belay/file_news': spec('host', empty, z.object({ count: z.number(), hidden: z.array(z.string()) })),
  /** What the editor finds wrong with a file before it is changed; no baseline: nobody looks at such a file. */
  'belay/problems_before': spec(
    'host',
    z.object({ path: z.string() }),
    z.object({ baseline: problemBaseline.optional() }),
  ),
  /** And after, as soon as that has settled. */
  'belay/problems_after': spec('host', z.object({ baseline: problemBaseline }), problemsFound),
  /** Asks the language servers of the editor. */
  'belay/language_ask': spec(
    'host',
    z.object({ question: languageQuestion }),
    z.object({ answer: languageAnswer }),
  ),
  /** The agent of this session has dealt with a comment of the user's on lines of a change. */
  'belay/comment_resolve': spec(
    'host',
    z.object({ session_id: z.string(), id: z.string(), reply: z.string().optional() }),
    z.object({
      found: z.boolean(),
      /** Ids of the session's comments that are not resolved. */
      open: z.array(z.string()),
    }),
  ),
  /** What is kept of a login at an MCP server, by the address of the server; it holds keys. */
  'belay/login_load': spec(
    'host',
    z.object({ address: z.string() }),
    z.object({ text: z.string().optional() }),
  ),
  /** Keep it; without a text forget it. */
  'belay/login_save': spec('host', z.object({ address: z.string(), text: z.string().optional() }), empty),
  /** An address by which a browser comes back to the editor. */
  'belay/login_return': spec('host', empty, z.object({ address: z.string() })),
  /** Show a person the page of a login; `query` is that with which the browser came back; absent: they did not want to. */
  'belay/login_visit': spec(
    'host',
    z.object({ serverName: z.string(), page: z.string(), state: z.string() }),
    z.object({ query: z.string().optional() }),
  ),
  /** Unsaved text as a save would write it, in base64. */
  'belay/document_read': spec(
    'host',
    z.object({ path: z.string(), maxBytes: z.number().optional() }),
    z.discriminatedUnion('kind', [
      notHeld,
      fileFailure,
      z.object({ kind: z.literal('read'), content: z.string() }),
    ]),
  ),
  /** Writes through the editor: into the document, and saves it. Contents in base64. */
  'belay/document_write': spec(
    'host',
    z.object({
      path: z.string(),
      content: z.string(),
      mode: z.number().optional(),
      expectedRealPath: z.string().optional(),
    }),
    z.discriminatedUnion('kind', [
      fileFailure,
      z.object({ kind: z.literal('written'), content: z.string(), changedOnSave: z.boolean() }),
    ]),
  ),
  /** Asks the model of the provider that is chosen now. The events of its reply come as `belay/model_event` messages before the answer. */
  'belay/model_stream': spec(
    'host',
    z.object({ stream_id: z.string(), request: modelRequest }),
    z.object({ failure: modelFailure.optional() }),
  ),
} as const;

/** What is told without a question. */
export const processMessage = z.discriminatedUnion('type', [
  /** One event of a reply (protocol/streamEvents.ts), as the text it has in a stream of server-sent events. */
  z.object({ type: z.literal('belay/model_event'), stream_id: z.string(), data: z.string() }),
  /** A line for the log of the editor. */
  z.object({
    type: z.literal('belay/log'),
    level: z.enum(['debug', 'info', 'warn', 'error']),
    message: z.string(),
    fields: z.record(z.string(), z.unknown()).optional(),
  }),
]);
export type ProcessMessage = z.infer<typeof processMessage>;
