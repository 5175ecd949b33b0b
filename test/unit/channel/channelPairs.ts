/** The three channels there are, each as its two ends: what holds of one must hold of all. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { onTestFinished } from 'vitest';
import type { Channel } from '../../../src/channel/channel.ts';
import { createInProcessPair } from '../../../src/channel/inProcess.ts';
import { createJsonLinesChannel } from '../../../src/channel/jsonLines.ts';
import { toWebReadable, toWebWritable } from '../../../src/node/standardStreams.ts';
import { createPanelChannel } from '../../../src/vscode/panelChannel.ts';
import { createPostMessageChannel } from '../../../webview/postMessageChannel.ts';

export interface ChannelPair {
  readonly left: Channel;
  readonly right: Channel;
  /** Puts on the way, in both directions, what no channel sends. */
  sendJunk(): Promise<void>;
}

export const channelPairs: Readonly<Record<string, () => ChannelPair>> = {
  'in one process': connectInProcess,
  'over postMessage': connectPostMessage,
  'as JSON lines over pipes': connectPipes,
};

function connectInProcess(): ChannelPair {
  const [left, right] = createInProcessPair();
  const sendJunk = async (): Promise<void> => {
    for (const junk of [null, 7, 'text', [], {}, { type: 7 }]) {
      await left.send(junk);
      await right.send(junk);
    }
  };
  return closedAfterTest({ left, right, sendJunk });
}

function connectPostMessage(): ChannelPair {
  const origin = 'vscode-webview://panel';
  const target = Object.assign(new EventTarget(), { origin }) as unknown as Window;
  const deliver = (data: unknown, from = origin): void => {
    target.dispatchEvent(Object.assign(new Event('message'), { data: structuredClone(data), origin: from }));
  };
  const left = createPanelChannel({ post: deliver, onProblem: () => undefined });
  const right = createPostMessageChannel(
    {
      postMessage: (data) => left.receive(structuredClone(data)),
      getState: () => undefined,
      setState: () => undefined,
    },
    target,
  );
  const sendJunk = async (): Promise<void> => {
    const noEnvelopes = [
      null,
      7,
      'text',
      [],
      {},
      { belay: 2, batch: [{ type: 'x' }] },
      { belay: 1, batch: 'x' },
    ];
    for (const junk of [...noEnvelopes, { belay: 1, batch: [null, 7, {}] }]) {
      deliver(junk);
      left.receive(junk);
    }
    deliver({ belay: 1, batch: [{ type: 'from another page' }] }, 'https://example.com');
  };
  return closedAfterTest({ left, right, sendJunk });
}

/** Each way through a process that passes on what it reads, in pieces of its own choosing. */
function connectPipes(): ChannelPair {
  const there = startPipe();
  const back = startPipe();
  const left = connectEnd(back, there);
  const right = connectEnd(there, back);
  const sendJunk = async (): Promise<void> => {
    for (const { input } of [there, back]) {
      input.write('{"type": "cut off\n\n\r\nnonsense\nnull\n');
      input.write(Uint8Array.of(0xff, 0xfe, 10));
    }
  };
  return closedAfterTest({ left, right, sendJunk });
}

type Pipe = ReturnType<typeof startPipe>;

function startPipe() {
  const child = spawn('cat', { stdio: ['pipe', 'pipe', 'inherit'] });
  const { stdin: input, stdout: output } = child;
  // The other end may be gone first.
  input.on('error', () => undefined);
  onTestFinished(async () => {
    const ended = child.exitCode === null && child.signalCode === null ? once(child, 'exit') : undefined;
    child.kill('SIGKILL');
    await ended;
  });
  return { input, output };
}

function connectEnd(from: Pipe, to: Pipe): Channel {
  const channel = createJsonLinesChannel({
    input: toWebReadable(from.output),
    output: toWebWritable(to.input),
    onProblem: () => undefined,
  });
  return {
    send: (message) => channel.send(message),
    messages: channel.messages,
    close() {
      channel.close();
      // As the end of the process does, which closes its standard output.
      void channel.flushed.then(() => to.input.end());
    },
  };
}

function closedAfterTest(pair: ChannelPair): ChannelPair {
  onTestFinished(() => {
    pair.left.close();
    pair.right.close();
  });
  return pair;
}
