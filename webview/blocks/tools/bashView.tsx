import type { VNode } from 'preact';
import { useState } from 'preact/hooks';
import { CopyButton } from '../../controls/CopyButton.tsx';
import { showHidden } from '../../permission/hiddenCharacters.ts';
import { TerminalOutput } from '../../terminal/TerminalOutput.tsx';
import { toResultText } from './resultText.ts';
import { getField, getList, getString } from './toolInput.ts';
import type { ToolCall, ToolView } from './toolView.ts';
import './bash.css';

/** A command: what it is called, the command itself, and what it puts out. */
export const bashView: ToolView = {
  icon: 'terminal',
  isFramed: true,
  title: ({ input }) => {
    const description = getString(input, 'description');
    if (description !== '') return { verb: description, subject: '' };
    return { verb: 'Run', subject: firstLine(getString(input, 'command')), isCode: true };
  },
  hasBody: ({ input }) => getString(input, 'command') !== '',
  isOpenByDefault: () => true,
  Summary: Badges,
  Body: BashBody,
};

/** Lines of output shown at first. */
const SHOWN_LINES = 200;

function BashBody({ call }: { readonly call: ToolCall }): VNode {
  const [showsAll, setShowsAll] = useState(false);
  const command = getString(call.input, 'command');
  const output = getOutput(call);
  const isRunning = call.status === 'running';
  const isLong = output.length > 20_000 || countLines(output) > SHOWN_LINES;
  return (
    <>
      <div class="bash-command">
        <span class="bash-prompt" aria-hidden="true">
          $
        </span>
        <pre>{command}</pre>
        <CopyButton text={command} label="Copy command" />
      </div>
      {output !== '' && <TerminalOutput output={output} isRunning={isRunning} showsAll={showsAll} />}
      {isLong && !showsAll && !isRunning && (
        <button type="button" class="more-lines" onClick={() => setShowsAll(true)}>
          {countLines(output)} lines, show all
        </button>
      )}
      <Refused call={call} />
    </>
  );
}

/** What came while it ran keeps its colours; after a reload there is only the result. */
function getOutput({ run }: ToolCall): string {
  if (run.output !== '' && run.outputCut === 0) return run.output;
  const details = [getString(run.details, 'stdout'), getString(run.details, 'stderr')]
    .filter((text) => text !== '')
    .join('\n');
  if (details !== '') return details;
  return run.result === null ? run.output : toResultText(run.result);
}

/** What the sandbox did not let it do; often that is why it failed. */
function Refused({ call }: { readonly call: ToolCall }): VNode | null {
  const refused = getList(call.run.details, 'refused').filter((line) => typeof line === 'string');
  if (refused.length === 0) return null;
  return (
    <div class="bash-refused">
      The sandbox has kept it from
      <ul>
        {refused.map((line) => (
          <li key={line}>{showHidden(line)}</li>
        ))}
      </ul>
    </div>
  );
}

function Badges({ call }: { readonly call: ToolCall }): VNode {
  return (
    <>
      <Place call={call} />
      <ExitCode call={call} />
    </>
  );
}

/** Where it ran, when there is a sandbox to speak of. */
function Place({ call }: { readonly call: ToolCall }): VNode | null {
  const { input, run } = call;
  if (getField(input, 'dangerouslyDisableSandbox') === true)
    return <span class="tool-badge is-warning">outside the sandbox</span>;
  if (getField(run.details, 'sandboxed') !== true) return null;
  return (
    <span class="tool-badge" title="It ran in the sandbox">
      sandbox
    </span>
  );
}

function ExitCode({ call }: { readonly call: ToolCall }): VNode | null {
  const { details } = call.run;
  const code = [
    getField(details, 'exitCode'),
    getField(details, 'exit_code'),
    getField(details, 'code'),
  ].find((value) => typeof value === 'number');
  if (code === undefined || code === 0) return null;
  return <span class="tool-badge is-bad">exit {String(code)}</span>;
}

function firstLine(text: string): string {
  const end = text.indexOf('\n');
  return end === -1 ? text : `${text.slice(0, end)} …`;
}

function countLines(text: string): number {
  return text === '' ? 0 : text.split('\n').length;
}
