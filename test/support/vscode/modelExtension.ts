// An extension that gives VS Code a language model, which says what a test tells it to.

import { cp, mkdir, rm, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';

/** A piece of a reply, or what it waits for. */
export type ModelPart =
  | { readonly text: string }
  | { readonly call: { readonly id: string; readonly name: string; readonly input: object } }
  | Promise<unknown>;

/** What the model was asked, with only the text of each part. */
export interface ModelQuestion {
  readonly messages: readonly { readonly role: 'user' | 'assistant'; readonly parts: readonly string[] }[];
  readonly tools: readonly string[];
}

export interface ModelExtension {
  /** For the extension host. */
  readonly env: Readonly<Record<string, string>>;
  readonly questions: readonly ModelQuestion[];
  /** Replies to the next questions. */
  script(...replies: (readonly ModelPart[])[]): void;
  close(): Promise<void>;
}

const ADDRESS = 'TRAIL_GUIDE_ADDRESS';
const NAME = 'trail-guide';

/** Starts what the extension asks for its replies, and puts the extension beside the others of a folder of its own. */
export async function startModelExtension(installed: string, extensionsDir: string): Promise<ModelExtension> {
  await copyExtensions(installed, extensionsDir);
  await writeExtension(join(extensionsDir, `belay-test.${NAME}-1.0.0`));
  const questions: ModelQuestion[] = [];
  const replies: (readonly ModelPart[])[] = [];
  const server = createServer(async (request, response) => {
    questions.push(await readQuestion(request));
    for (const part of replies.shift() ?? [{ text: 'No reply is scripted for this question.' }]) {
      if (part instanceof Promise) await part;
      else response.write(`${JSON.stringify(part)}\n`);
    }
    response.end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    env: { [ADDRESS]: `http://127.0.0.1:${(server.address() as AddressInfo).port}` },
    questions,
    script: (...more) => void replies.push(...more),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** Into a folder of its own, to which more can be added. */
export async function copyExtensions(from: string, to: string): Promise<void> {
  await cp(from, to, { recursive: true });
  // The list of what is installed; without it VS Code looks what is there.
  await rm(join(to, 'extensions.json'), { force: true });
}

async function writeExtension(folder: string): Promise<void> {
  await mkdir(folder);
  const manifest = {
    name: NAME,
    displayName: 'Trail Guide',
    publisher: 'belay-test',
    version: '1.0.0',
    engines: { vscode: '^1.104.0' },
    main: './extension.js',
    activationEvents: [],
    enabledApiProposals: ['chatProvider'],
    contributes: { languageModelChatProviders: [{ vendor: NAME, displayName: 'Trail Guide' }] },
  };
  await writeFile(join(folder, 'package.json'), JSON.stringify(manifest));
  await writeFile(join(folder, 'extension.js'), SOURCE);
}

async function readQuestion(request: IncomingMessage): Promise<ModelQuestion> {
  let body = '';
  for await (const piece of request.setEncoding('utf8')) body += piece;
  return JSON.parse(body);
}

/** `requiresAuthorization` is proposed API: with it VS Code asks the person before another extension may use the model. */
const SOURCE = `
const { createInterface } = require('node:readline');
const { Readable } = require('node:stream');
const vscode = require('vscode');

const model = {
  id: 'guide',
  name: 'Trail Guide One',
  family: 'guide',
  version: '1',
  maxInputTokens: 100000,
  maxOutputTokens: 8000,
  capabilities: { toolCalling: true },
  requiresAuthorization: true,
};

exports.activate = (context) => {
  const provider = {
    provideLanguageModelChatInformation: () => [model],
    provideTokenCount: async () => 1,
    async provideLanguageModelChatResponse(_model, messages, options, progress) {
      const question = { messages: messages.map(toPlain), tools: (options.tools ?? []).map(({ name }) => name) };
      const response = await fetch(process.env.${ADDRESS}, { method: 'POST', body: JSON.stringify(question) });
      for await (const line of createInterface({ input: Readable.fromWeb(response.body) })) {
        const { text, call } = JSON.parse(line);
        if (text === undefined) progress.report(new vscode.LanguageModelToolCallPart(call.id, call.name, call.input));
        else progress.report(new vscode.LanguageModelTextPart(text));
      }
    },
  };
  context.subscriptions.push(vscode.lm.registerLanguageModelChatProvider('${NAME}', provider));
};

function toPlain({ role, content }) {
  const isUser = role === vscode.LanguageModelChatMessageRole.User;
  return { role: isUser ? 'user' : 'assistant', parts: content.map(toText) };
}

function toText(part) {
  if (part instanceof vscode.LanguageModelTextPart) return part.value;
  if (part instanceof vscode.LanguageModelToolCallPart) return part.name + ' ' + JSON.stringify(part.input);
  return part.content.map(toText).join('');
}
`;
