/** The official Agent SDK with Belay as its executable, a model server that plays a script, and a folder to work in. */
import { mkdir, mkdtemp, readFile, realpath, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import {
  type Options,
  type Query,
  query,
  type SDKMessage,
  type SDKResultMessage,
  type SDKUserMessage,
} from '@anthropic-ai/claude-agent-sdk';
import { inject } from 'vitest';
import { createMessageQueue } from '../../../src/channel/messageQueue.ts';
import { type ModelServer, startModelServer } from '../modelServer/startModelServer.ts';

export interface World {
  readonly server: ModelServer;
  /** The folder the agent works in; its real path. */
  readonly folder: string;
  readonly configDir: string;
  readonly env: Record<string, string | undefined>;
  at(name: string): string;
  write(name: string, content: string): Promise<void>;
  content(name: string): Promise<string>;
  isThere(name: string): Promise<boolean>;
  options(more?: WorldOptions): Options;
  /** One prompt, one turn. Resolves when the SDK's iterator has ended. */
  ask(prompt: string, more?: WorldOptions): Promise<Told>;
  /** A session with streaming input. */
  open(more?: WorldOptions): Conversation;
  /** Ends what is still open. Throws when the model server refused a request. */
  dispose(): Promise<void>;
}

/** `trusted` false: as a client starts it that says nothing of settings. */
export type WorldOptions = Options & { readonly trusted?: boolean };

/** What a client heard. */
export interface Told {
  readonly messages: readonly SDKMessage[];
  /** The last one. */
  readonly result: SDKResultMessage;
  /** What the SDK's iterator threw at the end, as it does after an error result. */
  readonly thrown: unknown;
  readonly stderr: string;
}

export interface Conversation {
  readonly query: Query;
  readonly messages: SDKMessage[];
  send(text: string, more?: Partial<SDKUserMessage>): void;
  /** Sends and resolves with the result of the turn. */
  ask(text: string, more?: Partial<SDKUserMessage>): Promise<SDKResultMessage>;
  /** Resolves with the n-th result, from 1. */
  result(count: number): Promise<SDKResultMessage>;
  /** Resolves with the first message, seen or still to come, that fits. */
  until<M extends SDKMessage>(fits: (message: SDKMessage) => message is M): Promise<M>;
  /** Ends the input and resolves when the executable has ended. */
  end(): Promise<void>;
}

export async function createWorld(): Promise<World> {
  const base = await realpath(await mkdtemp(join(tmpdir(), 'belay-sdk-')));
  const folder = join(base, 'project');
  const configDir = join(base, 'config');
  await mkdir(folder);
  const server = await startModelServer();
  const open: Conversation[] = [];
  const at = (name: string): string => join(folder, name);
  const env: Record<string, string | undefined> = {
    PATH: process.env.PATH,
    HOME: base,
    ANTHROPIC_API_KEY: 'sk-ant-test-key',
    ANTHROPIC_BASE_URL: server.url,
    CLAUDE_CONFIG_DIR: configDir,
  };
  const options = ({ trusted = true, ...more }: WorldOptions = {}): Options => ({
    cwd: folder,
    pathToClaudeCodeExecutable: inject('belayCommand'),
    model: 'claude-opus-5-5',
    // Naming them trusts the folder.
    ...(trusted ? { settingSources: ['user', 'project', 'local'] } : {}),
    ...more,
    env: { ...env, ...more.env },
  });
  return {
    server,
    folder,
    configDir,
    env,
    at,
    async write(name, content) {
      await mkdir(dirname(at(name)), { recursive: true });
      await writeFile(at(name), content);
    },
    content: (name) => readFile(at(name), 'utf8'),
    isThere: (name) =>
      stat(at(name)).then(
        () => true,
        () => false,
      ),
    options,
    ask: (prompt, more) => askOnce(prompt, options(more)),
    open(more) {
      const conversation = converse(options(more));
      open.push(conversation);
      return conversation;
    },
    async dispose() {
      for (const conversation of open) await conversation.end();
      await server.close();
      await rm(base, { recursive: true, force: true, maxRetries: 5 });
      server.assertNoRefusals();
    },
  };
}

async function askOnce(prompt: string, options: Options): Promise<Told> {
  const messages: SDKMessage[] = [];
  let stderr = '';
  let thrown: unknown;
  const asked = query({ prompt, options: { stderr: (text) => (stderr += text), ...options } });
  try {
    for await (const message of asked) messages.push(message);
  } catch (error) {
    thrown = error;
  }
  const result = messages.findLast((message) => message.type === 'result');
  if (result === undefined) throw thrown ?? new Error(`there was no result: ${JSON.stringify(messages)}`);
  return { messages, result, thrown, stderr };
}

function converse(options: Options): Conversation {
  const prompts = createMessageQueue<SDKUserMessage>();
  const messages: SDKMessage[] = [];
  const listeners = new Set<() => void>();
  const asked = query({ prompt: prompts, options });
  const look = (): void => {
    for (const listener of [...listeners]) listener();
  };
  const ended = (async () => {
    try {
      for await (const message of asked) {
        messages.push(message);
        look();
      }
    } catch {
      // An error result makes the SDK throw at the end; what matters stands in the messages.
    }
  })();
  const results = (): SDKResultMessage[] => messages.filter((message) => message.type === 'result');

  function until<M extends SDKMessage>(fits: (message: SDKMessage) => message is M): Promise<M> {
    return new Promise((resolve, reject) => {
      const search = (): void => {
        const found = messages.find(fits);
        if (found === undefined) return;
        listeners.delete(search);
        resolve(found);
      };
      listeners.add(search);
      search();
      void ended.then(() => reject(new Error(`it did not come: ${JSON.stringify(messages, null, 1)}`)));
    });
  }

  const conversation: Conversation = {
    query: asked,
    messages,
    until,
    send(text, more) {
      prompts.push({
        type: 'user',
        message: { role: 'user', content: text },
        parent_tool_use_id: null,
        ...more,
      });
    },
    ask(text, more) {
      const count = results().length + 1;
      conversation.send(text, more);
      return conversation.result(count);
    },
    async result(count) {
      await until(
        (message): message is SDKResultMessage => message.type === 'result' && results().length >= count,
      );
      return results()[count - 1] as SDKResultMessage;
    },
    async end() {
      prompts.end();
      await ended;
    },
  };
  return conversation;
}
