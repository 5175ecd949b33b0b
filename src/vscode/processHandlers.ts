/** What an agent in a process of its own gets from the editor: its documents, and the model. */
import type { Handlers } from '../channel/peer.ts';
import type { LoginPorts } from '../core/mcp/serverLogin.ts';
import { ModelError } from '../core/model/modelError.ts';
import type { ModelRequest } from '../core/model/modelRequest.ts';
import {
  type Diagnostics,
  FileError,
  type FileNews,
  type FileSystem,
  type LanguageFeatures,
  type ReviewComments,
  type StreamModel,
} from '../core/ports.ts';
import type { Saves } from '../process/openSession.ts';
import type { RequestOf, ResponseOf } from '../protocol/control.ts';
import type { ProcessMessage, WireModelFailure } from '../protocol/processRequests.ts';

/** Which files the editor holds; the part of openDocuments.ts that is needed here. */
export interface HeldDocuments {
  isHeld(path: string): boolean;
  /** A text document of it has unsaved changes, which reading it should see. */
  isDirtyText(path: string): boolean;
  hasUnsavedChanges(path: string): boolean;
}

export interface ProcessHandlerDeps {
  /** The files as the editor has them: its documents before the disk. */
  readonly files: Pick<FileSystem, 'readFile' | 'writeFile'>;
  readonly documents: HeldDocuments;
  readonly fileNews: FileNews;
  readonly savesSince: (number: number) => Promise<Saves>;
  readonly diagnostics: Diagnostics;
  readonly languageFeatures: LanguageFeatures;
  readonly reviewComments: (sessionId: string) => ReviewComments;
  readonly login: LoginPorts;
  readonly streamModel: StreamModel;
  readonly tell: (message: ProcessMessage) => void;
}

export function createProcessHandlers(deps: ProcessHandlerDeps): Handlers<'host'> {
  const { documents, files, fileNews, savesSince, diagnostics, languageFeatures, reviewComments, login } =
    deps;
  return {
    async 'belay/document_find'({ path }) {
      return { isHeld: documents.isHeld(path), isUnsaved: documents.hasUnsavedChanges(path) };
    },
    async 'belay/saves_since'({ number }) {
      const { last, paths } = await savesSince(number);
      return { last, paths: [...paths] };
    },
    async 'belay/file_news'() {
      const { count, hidden } = await fileNews.now();
      return { count, hidden: [...hidden] };
    },
    async 'belay/problems_before'({ path }, { signal }) {
      const baseline = await diagnostics.before(path, signal);
      return baseline === undefined ? {} : { baseline };
    },
    'belay/problems_after': ({ baseline }, { signal }) => diagnostics.after(baseline, signal),
    async 'belay/language_ask'({ question }, { signal }) {
      return { answer: await languageFeatures.ask(question, signal) };
    },
    async 'belay/comment_resolve'({ session_id, id, reply }, { signal }) {
      const answer = reply === undefined ? { id } : { id, reply };
      const { isFound, open } = await reviewComments(session_id).resolve(answer, signal);
      return { found: isFound, open: [...open] };
    },
    async 'belay/login_load'({ address }) {
      const text = await login.store.load(address);
      return text === undefined ? {} : { text };
    },
    async 'belay/login_save'({ address, text }) {
      await login.store.save(address, text);
      return {};
    },
    async 'belay/login_return'() {
      return { address: await login.browser.returnAddress() };
    },
    async 'belay/login_visit'(visit, { signal }) {
      const query = await login.browser.visit(visit, signal);
      return query === undefined ? {} : { query };
    },
    async 'belay/document_read'({ path, maxBytes }, { signal }) {
      if (!documents.isDirtyText(path)) return { kind: 'disk' };
      return orFailure(async () => {
        const bytes = await files.readFile(path, { signal, ...(maxBytes === undefined ? {} : { maxBytes }) });
        return { kind: 'read', content: toBase64(bytes) };
      });
    },
    async 'belay/document_write'({ path, content, mode, expectedRealPath }) {
      const options = {
        ...(mode === undefined ? {} : { mode }),
        ...(expectedRealPath === undefined ? {} : { expectedRealPath }),
      };
      return orFailure(async () => {
        const outcome = await files.writeFile(path, new Uint8Array(Buffer.from(content, 'base64')), options);
        return {
          kind: 'written',
          content: toBase64(outcome.bytes),
          changedOnSave: outcome.changedOnSave,
        };
      });
    },
    'belay/model_stream': (request, { signal }) => streamModel(request, { ...deps, signal }),
  };
}

type FileFailure = Extract<ResponseOf<'belay/document_read'>, { kind: 'failed' }>;

/** Only what went wrong with the file crosses as such; a defect is an error of the request. */
async function orFailure<Answer>(work: () => Promise<Answer>): Promise<Answer | FileFailure> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof FileError)) throw error;
    return { kind: 'failed', code: error.code, message: error.message };
  }
}

interface Streaming extends Pick<ProcessHandlerDeps, 'streamModel' | 'tell'> {
  readonly signal: AbortSignal;
}

async function streamModel(
  { stream_id, request }: RequestOf<'belay/model_stream'>,
  { streamModel, tell, signal }: Streaming,
): Promise<ResponseOf<'belay/model_stream'>> {
  try {
    for await (const event of streamModel(toModelRequest(request), signal))
      tell({ type: 'belay/model_event', stream_id, data: JSON.stringify(event) });
    return {};
  } catch (error) {
    if (!(error instanceof ModelError)) throw error;
    return { failure: toWireFailure(error) };
  }
}

function toModelRequest({
  effort,
  maxThinkingTokens,
  ...request
}: RequestOf<'belay/model_stream'>['request']): ModelRequest {
  return {
    ...request,
    ...(effort === undefined ? {} : { effort }),
    ...(maxThinkingTokens === undefined ? {} : { maxThinkingTokens }),
  };
}

function toWireFailure(error: ModelError): WireModelFailure {
  const { kind, message, status, code, retryAfterMs, retryable, requestId, host } = error;
  return { kind, message, status, code, retryAfterMs, retryable, requestId, host };
}

function toBase64(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');
}
