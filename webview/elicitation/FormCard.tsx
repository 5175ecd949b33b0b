/** A form of an MCP server. */
import type { VNode } from 'preact';
import { useMemo, useRef, useState } from 'preact/hooks';
import type { ElicitationAnswer } from '../../src/protocol/mcp.ts';
import { Button } from '../controls/Button.tsx';
import { showHidden } from '../permission/hiddenCharacters.ts';
import { RequestFrame } from '../permission/RequestFrame.tsx';
import { useArmed } from '../permission/useArmed.ts';
import { useReturnFocus } from '../permission/useReturnFocus.ts';
import type { ElicitationCardProps } from './ElicitationCard.tsx';
import { FormFieldView } from './FormFieldView.tsx';
import { type FieldValue, findFieldProblem, parseFields, startOf, toContent } from './formFields.ts';

export function FormCard({ request: { request, answer }, waiting }: ElicitationCardProps): VNode {
  const frame = useRef<HTMLElement>(null);
  const { isArmed, check } = useArmed(frame);
  const returnFocus = useReturnFocus(frame);
  const fields = useMemo(() => parseFields(request), [request]);
  const [values, setValues] = useState<Readonly<Record<string, FieldValue>>>(() =>
    Object.fromEntries(fields.map((field) => [field.name, startOf(field)])),
  );
  // Nobody is told what is wrong with a field before they have had the chance to fill it.
  const [isChecked, setChecked] = useState(false);
  const problems = fields.map((field) => findFieldProblem(field, values[field.name] ?? null));
  const server = showHidden(request.mcp_server_name);
  const give = (result: ElicitationAnswer): void => {
    returnFocus();
    answer(result);
  };
  const submit = (): void => {
    const first = problems.findIndex((problem) => problem !== null);
    if (first === -1) {
      if (check()) give({ action: 'accept', content: toContent(fields, values) });
      return;
    }
    setChecked(true);
    frame.current
      ?.querySelectorAll('.form-field')
      [first]?.querySelector<HTMLElement>('input, select, vscode-checkbox')
      ?.focus();
  };
  return (
    <RequestFrame
      icon="server"
      title={`The MCP server “${request.mcp_server_name}” asks you`}
      label="Request of an MCP server"
      waiting={waiting}
      frameRef={frame}
      onConfirm={submit}
    >
      <p class="elicitation-message">{showHidden(request.message)}</p>
      <div class="form-fields">
        {fields.map((field, index) => (
          <FormFieldView
            key={field.name}
            field={field}
            value={values[field.name] ?? null}
            problem={isChecked ? (problems[index] ?? null) : null}
            onChange={(value) => setValues((before) => ({ ...before, [field.name]: value }))}
            onEnter={submit}
          />
        ))}
      </div>
      <div class="request-answer">
        <p class="request-reason">What you enter goes to {server}. Do not give it passwords or keys.</p>
        <div class="request-buttons">
          <Button kind="primary" disabled={!isArmed} onClick={submit}>
            Submit
          </Button>
          <Button onClick={() => give({ action: 'decline' })}>Decline</Button>
          <Button onClick={() => give({ action: 'cancel' })}>Cancel</Button>
        </div>
      </div>
    </RequestFrame>
  );
}
