import type { VNode } from 'preact';
import { PlainResult } from './PlainResult.tsx';
import type { ToolCall, ToolView } from './toolView.ts';

/** Any tool we know nothing of (an MCP server's): its input as JSON, its result as text. */
export const genericView: ToolView = {
  icon: 'tools',
  isFramed: false,
  title: ({ name, run }) => ({ verb: run.title ?? toReadableName(name), subject: '' }),
  hasBody: () => true,
  isOpenByDefault: () => false,
  Body: GenericBody,
};

function GenericBody({ call }: { readonly call: ToolCall }): VNode {
  return (
    <>
      <pre class="plain-result">{toJson(call.input)}</pre>
      <PlainResult call={call} />
    </>
  );
}

function toJson(input: unknown): string {
  return (JSON.stringify(input, null, 2) ?? '').slice(0, 50_000);
}

/** `mcp__server__do_thing` as people read it. */
function toReadableName(name: string): string {
  const [prefix, server, ...rest] = name.split('__');
  if (prefix !== 'mcp' || server === undefined || rest.length === 0) return name;
  return `${server}: ${rest.join('__')}`;
}
