/** Asks a server of the user's own whether it speaks the Messages API, before anything depends on it. */
import * as z from 'zod';

export type ServerCheck =
  /** `models`: what the server says it has; empty when it has no list. */
  | { readonly kind: 'works'; readonly models: readonly string[] }
  /** For a person: what is wrong, and what to do. */
  | { readonly kind: 'problem'; readonly problem: string };

export interface ServerCheckOptions {
  readonly baseUrl: string;
  /** Empty: any. */
  readonly model: string;
  /** Sent as they are. */
  readonly headers: Readonly<Record<string, string>>;
  readonly fetch: typeof fetch;
  readonly signal: AbortSignal;
}

/** A server on the user's own machine answers this at once, or never. */
const LIMIT_MS = 8000;

const modelList = z.looseObject({ data: z.array(z.looseObject({ id: z.string() })) });
const reply = z.looseObject({ type: z.literal('message') });
const apiError = z.looseObject({ error: z.looseObject({ message: z.string() }) });

export async function checkServer(options: ServerCheckOptions): Promise<ServerCheck> {
  if (!/^https?:$/.test(URL.canParse(options.baseUrl) ? new URL(options.baseUrl).protocol : '')) {
    return problem('Enter an address that starts with http:// or https://, such as http://localhost:8080.');
  }
  try {
    const models = await listModels(options);
    if (models.kind === 'problem') return models;
    if (options.model === '' || models.models.includes(options.model)) return models;
    // A server may run models it doesn't list: only a request can tell.
    return await tryModel(options, models.models);
  } catch (error) {
    if (options.signal.aborted) throw error;
    return problem(`Nothing answers at ${options.baseUrl} (${reasonOf(error)}). Is the server running?`);
  }
}

async function listModels(options: ServerCheckOptions): Promise<ServerCheck> {
  const response = await ask(options, '/v1/models', {});
  if (response.status === 401 || response.status === 403) return refused(options);
  const list = modelList.safeParse(await readJson(response));
  if (response.ok && list.success) return { kind: 'works', models: list.data.data.map(({ id }) => id) };
  if (options.model !== '') return { kind: 'works', models: [] };
  return problem(
    `${options.baseUrl} has no list of models (status ${response.status}). Enter the name of a model as well.`,
  );
}

async function tryModel(options: ServerCheckOptions, known: readonly string[]): Promise<ServerCheck> {
  const response = await ask(options, '/v1/messages', {
    method: 'POST',
    body: JSON.stringify({
      model: options.model,
      max_tokens: 1,
      messages: [{ role: 'user', content: [{ type: 'text', text: 'Hi' }] }],
    }),
  });
  if (response.status === 401 || response.status === 403) return refused(options);
  const body = await readJson(response);
  if (response.ok && reply.safeParse(body).success)
    return { kind: 'works', models: [options.model, ...known] };
  const said = apiError.safeParse(body);
  const detail = said.success ? ` It says: ${said.data.error.message}` : '';
  const hint = known.length === 0 ? '' : ` It lists: ${known.slice(0, 5).join(', ')}.`;
  return problem(
    `${options.baseUrl} gave no reply of “${options.model}” (status ${response.status}).${detail}${hint}`,
  );
}

async function ask(
  { baseUrl, headers, fetch, signal }: ServerCheckOptions,
  path: string,
  request: { readonly method?: string; readonly body?: string },
): Promise<Response> {
  return fetch(baseUrl.replace(/\/+$/, '') + path, {
    ...request,
    headers: { 'anthropic-version': '2023-06-01', 'content-type': 'application/json', ...headers },
    redirect: 'error',
    signal: AbortSignal.any([signal, AbortSignal.timeout(LIMIT_MS)]),
  });
}

async function readJson(response: Response): Promise<unknown> {
  try {
    return await response.json();
  } catch {
    return undefined;
  }
}

function refused({ baseUrl }: ServerCheckOptions): ServerCheck {
  return problem(`${baseUrl} does not accept the key. Set one it knows with “Belay: Set API Key…”.`);
}

function problem(text: string): ServerCheck {
  return { kind: 'problem', problem: text };
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.name === 'TimeoutError') return `no answer in ${LIMIT_MS / 1000} s`;
  const { cause } = error;
  return cause instanceof Error && 'code' in cause ? String(cause.code) : error.message;
}
