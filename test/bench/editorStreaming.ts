// What a fast reply costs the extension host, with a long conversation above it in the panel.

import type { ModelServer } from '../support/modelServer/startModelServer.ts';
import type { Editor } from '../support/vscode/editor.ts';
import { belay } from './editorExtensions.ts';
import { findDocument, findWebview, recordFrames } from './editorProbe.ts';
import { findExtensionHost, readProcessorTime } from './editorProcess.ts';
import { createPacedReply } from './editorStream.ts';

export interface Streaming {
  /** Processor time of the extension host over the time that passed: 1 is one core. */
  readonly load: number;
  /** The same at rest, before. */
  readonly restLoad: number;
  /** Deltas that left the model server in a second. */
  readonly rate: number;
  /** Milliseconds from the last delta until its text stood in the panel. */
  readonly lag: number;
  /** Milliseconds between the frames of the panel, in order of size. */
  readonly frames: readonly number[];
}

const perSecond = 1000;
/** Deltas before the measurement, in it, and after it. */
const before = 1500;
const within = 6000;
const after = 500;
const restMs = 3000;

/** Sends a message to the session that is shown, and measures while its reply streams. `name` is in the reply's last words. */
export async function runStreaming(editor: Editor, model: ModelServer, name: string): Promise<Streaming> {
  const { page, server } = editor;
  const host = await findExtensionHost(server.dataDir);
  const panel = await findDocument(page, belay);
  const end = `This was the stream ${name}.`;
  const paced = createPacedReply({ deltas: before + within + after, perSecond, end });
  model.script(paced.reply);
  const restLoad = await measureLoad(host, () => page.waitForTimeout(restMs));

  const asked = model.requests.length + 1;
  await panel.getByRole('textbox', { name: 'Message Belay' }).fill('Tell me about all the trails.');
  await panel.getByRole('button', { name: 'Send', exact: true }).click();
  await model.received(asked);
  const played = paced.play();
  await paced.reached(before);
  const stopFrames = await recordFrames(findWebview(page, belay));
  const started = performance.now();
  const load = await measureLoad(host, () => paced.reached(before + within));
  const seconds = (performance.now() - started) / 1000;
  const frames = await stopFrames();

  await played;
  const ended = performance.now();
  await panel.getByText(end).waitFor();
  const lag = performance.now() - ended;
  await panel.getByRole('button', { name: 'Stop' }).waitFor({ state: 'detached' });
  return { load, restLoad, rate: within / seconds, lag, frames: frames.toSorted((a, b) => a - b) };
}

async function measureLoad(id: number, during: () => Promise<unknown>): Promise<number> {
  const [time, started] = [await readProcessorTime(id), performance.now()];
  await during();
  return ((await readProcessorTime(id)) - time) / (performance.now() - started);
}
