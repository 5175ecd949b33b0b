/** A form of an MCP server. */
import type { VNode } from 'preact';
import { useMemo, useRef, useState } from 'preact/hooks';
import type { ElicitationAnswer } from '../../src/protocol/mcp.ts';
import { showHidden } from '../permission/hiddenCharacters.ts';
import type { ElicitationCardProps } from './ElicitationCard.tsx';
import { ElicitationFrame } from './ElicitationFrame.tsx';
import { FormFieldView } from './FormFieldView.tsx';
import { type FieldValue, findFieldProblem, parseFields, startOf, toContent } from './formFields.ts';

export function FormCard({ request: question, waiting }: ElicitationCardProps): VNode {
  const { request } = question;
  const frame = useRef<HTMLElement>(null);
  const fields = useMemo(() => parseFields(request), [request]);
  const [values, setValues] = useState<Readonly<Record<string, FieldValue>>>(() =>
    Object.fromEntries(fields.map((field) => [field.name, startOf(field)])),
  );
  // Nobody is told what is wrong with a field before they have had the chance to fill it.
  const [isChecked, setChecked] = useState(false);
  const problems = fields.map((field) => findFieldProblem(field, values[field.name] ?? null));
  const submit = (): ElicitationAnswer | null => {
    const first = problems.findIndex((problem) => problem !== null);
    if (first === -1) return { action: 'accept', content: toContent(fields, values) };
    setChecked(true);
    frame.current
      ?.querySelectorAll('.form-field')
      [first]?.querySelector<HTMLElement>('input, select, vscode-checkbox')
      ?.focus();
    return null;
  };
  const server = showHidden(request.mcp_server_name);
  return (
    <ElicitationFrame
      request={question}
      waiting={waiting}
      frameRef={frame}
      asks="asks you"
      yes="Submit"
      onYes={submit}
      note={`What you enter goes to ${server}. Do not give it passwords or keys.`}
    >
      {(agree) => (
        <div class="form-fields">
          {fields.map((field, index) => (
            <FormFieldView
              key={field.name}
              field={field}
              value={values[field.name] ?? null}
              problem={isChecked ? (problems[index] ?? null) : null}
              onChange={(value) => setValues((before) => ({ ...before, [field.name]: value }))}
              onEnter={agree}
            />
          ))}
        </div>
      )}
    </ElicitationFrame>
  );
}
