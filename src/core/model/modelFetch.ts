/** What is needed of `fetch` to talk to a model; the global one has it. */

/** Rejects with the signal's reason, or with what says why there is no connection. */
export type ModelFetch = (url: string, request: ModelFetchRequest) => Promise<ModelAnswer>;

export interface ModelFetchRequest {
  readonly method?: string;
  readonly headers?: Headers;
  /** JSON. */
  readonly body?: string;
  readonly signal?: AbortSignal;
}

export interface ModelAnswer {
  /** HTTP status. */
  readonly status: number;
  /** True for a status from 200 to 299. */
  readonly ok: boolean;
  readonly url: string;
  readonly headers: Headers;
  readonly body: { getReader(): BodyReader } | null;
  /** The whole body, decoded as UTF-8. */
  text(): Promise<string>;
  /** The whole body, parsed. Rejects with a SyntaxError. */
  json(): Promise<unknown>;
}

export interface BodyReader {
  /** Rejects when the connection breaks or the signal is aborted. */
  read(): Promise<{ readonly done: boolean; readonly value?: Uint8Array | undefined }>;
  /** Gives up what hasn't been read, and with it the connection. */
  cancel(): Promise<void>;
}
