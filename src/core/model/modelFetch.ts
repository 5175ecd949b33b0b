/** What is needed of `fetch` to talk to a model; the global one has it. */

/** Rejects with the signal's reason, or with what says why there is no connection. */
export type ModelFetch = (url: string, request: ModelFetchRequest) => Promise<ModelAnswer>;

export interface ModelFetchRequest {
  readonly method: 'GET' | 'POST';
  readonly headers: Record<string, string>;
  /** JSON. */
  readonly body?: string;
  readonly signal: AbortSignal;
}

export interface ModelAnswer {
  /** HTTP status. */
  readonly status: number;
  readonly headers: { get(name: string): string | null };
  readonly body: AnswerBody | null;
  /** The whole body, decoded as UTF-8. */
  text(): Promise<string>;
}

export interface AnswerBody {
  getReader(): BodyReader;
}

export interface BodyReader {
  /** Rejects when the connection breaks or the signal is aborted. */
  read(): Promise<{ readonly done: boolean; readonly value?: Uint8Array | undefined }>;
  /** Gives up what hasn't been read, and with it the connection. */
  cancel(): Promise<void>;
}
