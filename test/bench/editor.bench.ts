// Belay in a real VS Code, packed as people get it: what it costs to have it, to open it, and to watch it write.
//
// The figures of an empty extension stand beside ours as the peer's: that is what VS Code itself takes, on this machine
// and at this moment. In the server's workbench a webview shares its thread with the workbench; on a desktop it has its own.

import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { root } from '../../scripts/run.mjs';
import { type ModelServer, startModelServer } from '../support/modelServer/startModelServer.ts';
import { type Editor, openEditor } from '../support/vscode/editor.ts';
import { bare, belay, installBare, installBelay, readScriptSizes } from './editorExtensions.ts';
import { connectInspector } from './editorInspector.ts';
import { findDocument, installProbe, type Opening, type Probe } from './editorProbe.ts';
import { describeLoad, findExtensionHost, untilAtRest } from './editorProcess.ts';
import { restart, resumeSession, runStart, type Start, showExplorer } from './editorStarts.ts';
import { runStreaming, type Streaming } from './editorStreaming.ts';
import { writeTranscript } from './editorTranscript.ts';
import { median } from './figures.ts';
import type { BenchRow } from './types.ts';

const starts = 5;
const streams = 3;
const messages = 1000;
const title = 'Sort the walks of every trail by their date';
const end = 'That was the last of all trails.';

/** A server looks now and then, in the extension host, for programs that listen on a port; a desktop doesn't. */
const settings = { 'remote.autoForwardPorts': false, 'remote.autoForwardPortsSource': 'output' };

/** Names a folder for a processor profile of the extension host while it streams; costs a stream more. */
const profileFolder = process.env.BELAY_BENCH_PROFILE;

interface Bench {
  readonly editor: Editor;
  readonly model: ModelServer;
  readonly probe: Probe;
  /** Where Belay is installed. */
  readonly installed: string;
}

export default async function bench(): Promise<BenchRow[]> {
  await mkdir(join(root, 'build'), { recursive: true });
  const work = await mkdtemp(join(root, 'build', 'bench-'));
  const model = await startModelServer();
  let editor: Editor | undefined;
  try {
    const extensionsDir = join(work, 'extensions');
    const installed = await installBelay(work, extensionsDir);
    await installBare(work, extensionsDir);
    const env = { ANTHROPIC_API_KEY: 'test-key', ANTHROPIC_BASE_URL: model.url };
    editor = await openEditor({ extensionsDir, env, settings });
    const probe = await installProbe(editor.page, end);
    const parts = { editor, model, probe, installed };
    const rows = [
      ...(await benchStarts(parts)),
      ...(await benchOldSession(parts)),
      ...(await benchStreaming(parts)),
      ...(await benchCode(parts)),
    ];
    model.assertNoRefusals();
    return rows;
  } catch (error) {
    const logs = await editor?.saveLogs('bench-editor');
    if (logs !== undefined) process.stderr.write(`Logs: ${logs}\n`);
    throw error;
  } finally {
    await editor?.close();
    await model.close();
    await rm(work, { recursive: true, force: true, maxRetries: 5 });
  }
}

async function benchStarts({ editor, probe }: Bench): Promise<BenchRow[]> {
  const ours: Start[] = [];
  const peers: Start[] = [];
  for (let index = 0; index < starts; index += 1) {
    peers.push(await runStart(editor, bare, { probe }));
    ours.push(await runStart(editor, belay, { probe }));
    await tell(`start ${index + 1}`, { ours: ours.at(-1), peer: peers.at(-1) });
  }
  const toActivation = ({ activation: { loadCode, callActivate, finishActivate } }: Start): number =>
    loadCode + callActivate + finishActivate;
  return [
    toRow('activation', { ours: ours.map(toActivation), peers: peers.map(toActivation), limit: 50 }),
    toOpeningRow('panel usable, first in a window', ours, ({ first }) => first, peers),
    toOpeningRow('panel usable, shown again', ours, ({ again }) => again, peers),
  ];
}

async function benchOldSession({ editor, probe }: Bench): Promise<BenchRow[]> {
  const configDir = join(editor.profile, 'home', '.belay');
  const bytes = await writeTranscript({ configDir, cwd: editor.folder, messages, title, end });
  await tell('transcript', { messages, bytes });
  await resumeSession(editor, title);
  await (await findDocument(editor.page, belay)).getByText(end).waitFor({ timeout: 60_000 });
  await showExplorer(editor);
  const ours: Start[] = [];
  for (let index = 0; index < starts; index += 1) {
    ours.push(await runStart(editor, belay, { probe, old: true }));
    await tell(`start ${index + 1} with ${messages} messages`, { ours: ours.at(-1) });
  }
  return [
    toOpeningRow(`panel usable, first, ${messages} messages`, ours, ({ first }) => first),
    toOpeningRow(`panel usable, again, ${messages} messages`, ours, ({ again }) => again),
  ];
}

async function benchStreaming({ editor, model, probe }: Bench): Promise<BenchRow[]> {
  await probe.open(belay, { old: true });
  const runs: Streaming[] = [];
  for (let index = 0; index < streams; index += 1) {
    await untilAtRest();
    const run = await runStreaming(editor, model, String(index));
    runs.push(run);
    const { frames, ...rest } = run;
    await tell(`stream ${index + 1}`, { ...rest, frames: frames.length, slowest: frames.slice(-5) });
  }
  const loads = runs.map(({ load }) => load * 100);
  const rates = runs.map(({ rate }) => rate);
  const quantile = (share: number) =>
    runs.map(({ frames }) => frames[Math.ceil(frames.length * share) - 1] ?? 0);
  return [
    {
      ...toRow('extension host, 1,000 deltas/s', { ours: loads, limit: 30 }),
      unit: '%',
      target: '≤ 30 % of a core',
    },
    {
      ...toFact('deltas sent while that was measured', rates, '/s'),
      target: '≥ 950 /s',
      pass: median(rates) >= 950,
    },
    toFact(
      'the same at rest',
      runs.map(({ restLoad }) => restLoad * 100),
      '%',
    ),
    toFact(
      'last delta to screen',
      runs.map(({ lag }) => lag),
      'ms',
    ),
    toFact('95 % of frames in the webview', quantile(0.95), 'ms'),
    toFact('slowest frame in the webview', quantile(1), 'ms'),
  ];
}

/** Last, because a debugger stays on the extension host. */
async function benchCode({ editor, model, probe, installed }: Bench): Promise<BenchRow[]> {
  const sizes = await readScriptSizes(installed);
  await showExplorer(editor);
  await restart(editor, () => editor.reload());
  const inspector = await connectInspector(await findExtensionHost(editor.server.dataDir), editor.server);
  const loaded = async (): Promise<readonly string[]> =>
    (await inspector.loadedScripts(installed)).map((path) => basename(path));
  // This activates the extension and needs nothing else.
  await editor.runCommand('Belay: Show Log');
  await untilAtRest();
  const activated = await loaded();
  await probe.open(belay, { old: true });
  const opened = await loaded();
  await tell('scripts', { activated, opened, sizes: Object.fromEntries(sizes) });
  if (profileFolder !== undefined) {
    await inspector.startProfile();
    await runStreaming(editor, model, 'profiled');
    await writeFile(
      join(profileFolder, 'streaming.cpuprofile'),
      JSON.stringify(await inspector.stopProfile()),
    );
  }
  inspector.close();
  const toMegabytes = (names: readonly string[]): number =>
    names.reduce((sum, name) => sum + (sizes.get(name) ?? 0), 0) / 1_000_000;
  const host = [...sizes.keys()].filter((name) => !name.includes('webview') && name.endsWith('.js'));
  const isOnlyEntry = activated.length === 1 && activated[0] === 'extension.js';
  const entry = toMegabytes(['extension.js']);
  return [
    { ...toFact('extension.js', [entry], 'MB'), target: '≤ 1.5 MB', pass: entry <= 1.5 },
    {
      ...toFact('code loaded at activation', [toMegabytes(activated)], 'MB'),
      target: 'extension.js only',
      pass: isOnlyEntry,
    },
    toFact('code loaded with the first panel', [toMegabytes(opened)], 'MB'),
    toFact('all code of the extension host', [toMegabytes(host)], 'MB'),
  ];
}

interface Measures {
  readonly ours: readonly number[];
  readonly peers?: readonly number[];
  readonly limit: number;
}

function toOpeningRow(
  name: string,
  ours: readonly Start[],
  pick: (start: Start) => Opening,
  peers: readonly Start[] = [],
): BenchRow {
  const toTime = (start: Start): number => pick(start).complete ?? pick(start).usable;
  return toRow(name, { ours: ours.map(toTime), peers: peers.map(toTime), limit: 500 });
}

/** A row of milliseconds with an upper limit. */
function toRow(name: string, { ours, peers = [], limit }: Measures): BenchRow {
  return {
    ...toFact(name, ours, 'ms'),
    ...(peers.length === 0 ? {} : { peer: median(peers) }),
    target: `≤ ${limit} ms`,
    pass: median(ours) <= limit,
  };
}

/** A row that only informs. */
function toFact(name: string, values: readonly number[], unit: string): BenchRow {
  const [low, high] = [Math.min(...values), Math.max(...values)].map((value) =>
    value < 100 ? value.toPrecision(3) : value.toFixed(),
  );
  return {
    name,
    ours: median(values),
    unit,
    target: '',
    pass: true,
    ...(values.length === 1 ? {} : { spread: `${low}–${high}` }),
  };
}

async function tell(what: string, values: object): Promise<void> {
  process.stdout.write(`  ${what}: ${JSON.stringify(values)} (${await describeLoad()})\n`);
}
