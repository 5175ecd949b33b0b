/** One field of a form, with its name, what it is for, and what is wrong with it. Native elements: these must belong together. */
import type { TargetedInputEvent, VNode } from 'preact';
import { useId } from 'preact/hooks';
import { Checkbox } from '../controls/Checkbox.tsx';
import { showHidden } from '../permission/hiddenCharacters.ts';
import type {
  ChoiceField,
  ChoicesField,
  FieldValue,
  FormField,
  NumberField,
  TextField,
} from './formFields.ts';

export interface FormFieldProps<Field extends FormField = FormField> {
  readonly field: Field;
  readonly value: FieldValue;
  readonly problem: string | null;
  readonly onChange: (value: FieldValue) => void;
  /** Enter in a field of one line. */
  readonly onEnter: () => void;
}

/** Ids of the parts of a field that name and describe its control. */
interface Ids {
  readonly control: string;
  readonly label: string;
  readonly description: string | undefined;
}

export function FormFieldView(props: FormFieldProps): VNode {
  const { field, problem } = props;
  const id = useId();
  const descriptions = [
    field.description !== '' && `${id}:description`,
    problem !== null && `${id}:problem`,
  ].filter((each) => each !== false);
  const ids: Ids = {
    control: `${id}:control`,
    label: `${id}:label`,
    description: descriptions.length === 0 ? undefined : descriptions.join(' '),
  };
  return (
    <div class={`form-field${problem === null ? '' : ' has-problem'}`}>
      {field.kind !== 'flag' && (
        <label class="form-label" id={ids.label} for={ids.control}>
          {showHidden(field.title)}
          {!field.isRequired && <span class="form-optional"> (optional)</span>}
        </label>
      )}
      <Control {...props} ids={ids} />
      {field.description !== '' && (
        <p class="form-description" id={`${id}:description`}>
          {showHidden(field.description)}
        </p>
      )}
      {problem !== null && (
        <p class="form-problem" id={`${id}:problem`} role="alert">
          {problem}
        </p>
      )}
    </div>
  );
}

type ControlProps<Field extends FormField = FormField> = FormFieldProps<Field> & { readonly ids: Ids };

function Control(props: ControlProps): VNode {
  const { field, value, onChange } = props;
  switch (field.kind) {
    case 'text':
    case 'number':
      return <Line {...props} field={field} />;
    case 'flag':
      return <Checkbox label={showHidden(field.title)} checked={value === true} onChange={onChange} />;
    case 'choice':
      return <Select {...props} field={field} />;
    case 'choices':
      return <Ticks {...props} field={field} />;
    case 'unknown':
      return <p class="form-description">This field cannot be shown here.</p>;
    default:
      return field satisfies never;
  }
}

function Line({
  field,
  value,
  problem,
  onChange,
  onEnter,
  ids,
}: ControlProps<TextField | NumberField>): VNode {
  return (
    <input
      id={ids.control}
      class="form-input"
      type="text"
      inputMode={field.kind === 'number' ? 'decimal' : undefined}
      placeholder={toPlaceholder(field)}
      value={typeof value === 'string' ? value : ''}
      spellcheck={false}
      autocomplete="off"
      aria-required={field.isRequired}
      aria-invalid={problem !== null}
      aria-describedby={ids.description}
      onInput={(event: TargetedInputEvent<HTMLInputElement>) => onChange(event.currentTarget.value)}
      onKeyDown={(event) => {
        if (event.key !== 'Enter' || event.isComposing || event.ctrlKey || event.metaKey) return;
        event.preventDefault();
        onEnter();
      }}
    />
  );
}

function toPlaceholder(field: TextField | NumberField): string {
  if (field.kind === 'number') return toRange(field);
  return PLACEHOLDERS[field.format];
}

const PLACEHOLDERS = {
  plain: '',
  email: 'name@example.com',
  uri: 'https://example.com',
  date: '2026-11-28',
  'date-time': '2026-11-28T17:30:00Z',
} as const;

function toRange({ minimum, maximum }: NumberField): string {
  if (minimum !== null && maximum !== null) return `${minimum} to ${maximum}`;
  if (minimum !== null) return `${minimum} or more`;
  return maximum === null ? '' : `${maximum} or less`;
}

function Select({ field, value, problem, onChange, ids }: ControlProps<ChoiceField>): VNode {
  const hasEmpty = !field.isRequired || field.start === '';
  return (
    <select
      id={ids.control}
      class="form-input"
      aria-required={field.isRequired}
      aria-invalid={problem !== null}
      aria-describedby={ids.description}
      value={typeof value === 'string' ? value : ''}
      onChange={(event) => onChange(event.currentTarget.value)}
    >
      {hasEmpty && <option value="">{field.isRequired ? 'Choose…' : 'No answer'}</option>}
      {field.options.map((option) => (
        <option key={option.value} value={option.value}>
          {showHidden(option.label)}
        </option>
      ))}
    </select>
  );
}

function Ticks({ field, value, onChange, ids }: ControlProps<ChoicesField>): VNode {
  const chosen = Array.isArray(value) ? value : [];
  return (
    <div
      class="form-ticks"
      id={ids.control}
      role="group"
      aria-labelledby={ids.label}
      aria-describedby={ids.description}
    >
      {field.options.map((option) => (
        <Checkbox
          key={option.value}
          label={showHidden(option.label)}
          checked={chosen.includes(option.value)}
          onChange={(isChosen) =>
            onChange(
              field.options
                .map((each) => each.value)
                .filter((each) => (each === option.value ? isChosen : chosen.includes(each))),
            )
          }
        />
      ))}
    </div>
  );
}
