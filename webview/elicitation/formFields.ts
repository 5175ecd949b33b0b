/**
 * The fields of a form that an MCP server asks for: read from its schema, held as what the person typed, checked, and given
 * back as values. Which schemas there are: Model Context Protocol 2025-11-25, "Elicitation", "Requested Schema".
 */
import type { RequestOf } from '../../src/protocol/control.ts';
import { getField, getList, getNumber, getString } from '../blocks/tools/toolInput.ts';

interface FieldBase {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly isRequired: boolean;
}

export interface Option {
  readonly value: string;
  readonly label: string;
}

export interface TextField extends FieldBase {
  readonly kind: 'text';
  readonly format: 'email' | 'uri' | 'date' | 'date-time' | 'plain';
  readonly minLength: number | null;
  readonly maxLength: number | null;
  readonly start: string;
}
export interface NumberField extends FieldBase {
  readonly kind: 'number';
  readonly isInteger: boolean;
  readonly minimum: number | null;
  readonly maximum: number | null;
  readonly start: string;
}
export interface FlagField extends FieldBase {
  readonly kind: 'flag';
  readonly start: boolean | null;
}
export interface ChoiceField extends FieldBase {
  readonly kind: 'choice';
  readonly options: readonly Option[];
  readonly start: string;
}
export interface ChoicesField extends FieldBase {
  readonly kind: 'choices';
  readonly options: readonly Option[];
  readonly minItems: number | null;
  readonly maxItems: number | null;
  readonly start: readonly string[];
}
/** Something this panel can't ask for. */
export interface UnknownField extends FieldBase {
  readonly kind: 'unknown';
}
export type FormField = TextField | NumberField | FlagField | ChoiceField | ChoicesField | UnknownField;

/** What stands in a field: a text, chosen values, or a tick; null: nobody has touched the tick. */
export type FieldValue = string | readonly string[] | boolean | null;

export function parseFields({
  requested_schema: schema,
  property_order: order = [],
}: RequestOf<'elicitation'>): readonly FormField[] {
  const properties = getField(schema, 'properties');
  const names = Object.keys(typeof properties === 'object' && properties !== null ? properties : {});
  const required = new Set(getList(schema, 'required'));
  const known = order.filter((name) => names.includes(name));
  return [...new Set([...known, ...names])].map((name) =>
    parseField(name, getField(properties, name), required.has(name)),
  );
}

function parseField(name: string, schema: unknown, isRequired: boolean): FormField {
  const title = getString(schema, 'title');
  const base = {
    name,
    title: title.trim() === '' ? name : title,
    description: getString(schema, 'description'),
    isRequired,
  };
  const start = getField(schema, 'default');
  switch (getField(schema, 'type')) {
    case 'string': {
      const options = parseOptions(schema);
      const text = typeof start === 'string' ? start : '';
      if (options !== null) return { ...base, kind: 'choice', options, start: keep(text, options) };
      return {
        ...base,
        kind: 'text',
        format: toFormat(getString(schema, 'format')),
        minLength: getNumber(schema, 'minLength'),
        maxLength: getNumber(schema, 'maxLength'),
        start: text,
      };
    }
    case 'number':
    case 'integer':
      return {
        ...base,
        kind: 'number',
        isInteger: getField(schema, 'type') === 'integer',
        minimum: getNumber(schema, 'minimum'),
        maximum: getNumber(schema, 'maximum'),
        start: typeof start === 'number' ? String(start) : '',
      };
    case 'boolean':
      return { ...base, kind: 'flag', start: typeof start === 'boolean' ? start : null };
    case 'array': {
      const options = parseOptions(getField(schema, 'items'));
      if (options === null) return { ...base, kind: 'unknown' };
      const values = options.map(({ value }) => value);
      return {
        ...base,
        kind: 'choices',
        options,
        minItems: getNumber(schema, 'minItems'),
        maxItems: getNumber(schema, 'maxItems'),
        start: Array.isArray(start) ? values.filter((value) => start.includes(value)) : [],
      };
    }
    default:
      return { ...base, kind: 'unknown' };
  }
}

/** null: the schema names none. */
function parseOptions(schema: unknown): readonly Option[] | null {
  const titled = [...getList(schema, 'oneOf'), ...getList(schema, 'anyOf')];
  if (titled.length > 0) {
    return titled.map((each) => {
      const value = getString(each, 'const');
      return { value, label: getString(each, 'title') || value };
    });
  }
  const values = getList(schema, 'enum').filter((value) => typeof value === 'string');
  if (values.length === 0) return null;
  const names = getList(schema, 'enumNames');
  return values.map((value, index) => {
    const name = names[index];
    return { value, label: typeof name === 'string' && name !== '' ? name : value };
  });
}

function keep(text: string, options: readonly Option[]): string {
  return options.some(({ value }) => value === text) ? text : '';
}

function toFormat(format: string): TextField['format'] {
  return format === 'email' || format === 'uri' || format === 'date' || format === 'date-time'
    ? format
    : 'plain';
}

export function startOf(field: FormField): FieldValue {
  return field.kind === 'unknown' ? null : field.start;
}

/** What is wrong with a value, for the person; null where it is fine. */
export function findFieldProblem(field: FormField, value: FieldValue): string | null {
  switch (field.kind) {
    case 'text':
      return findTextProblem(field, toText(value));
    case 'number':
      return findNumberProblem(field, toText(value).trim());
    case 'flag':
      return null;
    case 'choice':
      return field.isRequired && toText(value) === '' ? 'Choose one.' : null;
    case 'choices':
      return findChoicesProblem(field, toList(value).length);
    case 'unknown':
      return field.isRequired ? 'This cannot be asked for here. Decline, or cancel.' : null;
    default:
      return field satisfies never;
  }
}

function findTextProblem(
  { isRequired, format, minLength, maxLength }: TextField,
  text: string,
): string | null {
  if (text === '') return isRequired ? 'This is needed.' : null;
  const length = [...text].length;
  if (minLength !== null && length < minLength) return `At least ${countOf(minLength, 'character')}.`;
  if (maxLength !== null && length > maxLength) return `At most ${countOf(maxLength, 'character')}.`;
  return isOfFormat(format, text) ? null : FORMAT_PROBLEMS[format];
}

const FORMAT_PROBLEMS = {
  plain: '',
  email: 'This is no email address.',
  uri: 'This is no address. It begins with https://, for example.',
  date: 'This is no date. Write it as 2026-11-28.',
  'date-time': 'This is no time. Write it as 2026-11-28T17:30:00Z.',
} as const;

function isOfFormat(format: TextField['format'], text: string): boolean {
  switch (format) {
    case 'plain':
      return true;
    case 'email':
      return /^[^\s@]+@[^\s@]+\.[^\s@.]+$/.test(text);
    case 'uri':
      return URL.canParse(text);
    case 'date':
      return /^\d{4}-\d{2}-\d{2}$/.test(text) && isTime(`${text}T00:00:00Z`);
    case 'date-time':
      return /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})$/.test(text) && isTime(text);
    default:
      return format satisfies never;
  }
}

function isTime(text: string): boolean {
  const [day = ''] = text.split('T');
  const date = new Date(`${day}T00:00:00Z`);
  // The 30th of February is read as the 1st of March.
  return (
    !Number.isNaN(Date.parse(text)) && !Number.isNaN(date.getTime()) && date.toISOString().startsWith(day)
  );
}

function findNumberProblem(field: NumberField, text: string): string | null {
  const { isRequired, isInteger, minimum, maximum } = field;
  if (text === '') return isRequired ? 'This is needed.' : null;
  const number = toNumber(text);
  if (number === null) return 'This is no number.';
  if (isInteger && !Number.isInteger(number)) return 'A whole number is needed.';
  if (minimum !== null && number < minimum) return `At least ${minimum}.`;
  if (maximum !== null && number > maximum) return `At most ${maximum}.`;
  return null;
}

function findChoicesProblem({ isRequired, minItems, maxItems }: ChoicesField, count: number): string | null {
  if (count === 0 && !isRequired) return null;
  const least = Math.max(minItems ?? 0, isRequired ? 1 : 0);
  if (count < least) return `Choose at least ${least}.`;
  if (maxItems !== null && count > maxItems) return `Choose at most ${maxItems}.`;
  return null;
}

/** The values that were given; what was left empty is left out. */
export function toContent(
  fields: readonly FormField[],
  values: Readonly<Record<string, FieldValue>>,
): Record<string, unknown> {
  const given = fields.map((field) => [field.name, toGiven(field, values[field.name] ?? null)] as const);
  return Object.fromEntries(given.filter(([, value]) => value !== undefined));
}

function toGiven(field: FormField, value: FieldValue): unknown {
  switch (field.kind) {
    case 'text':
    case 'choice':
      return toText(value) === '' ? undefined : toText(value);
    case 'number':
      return toNumber(toText(value).trim()) ?? undefined;
    case 'flag':
      return value === null && !field.isRequired ? undefined : value === true;
    case 'choices':
      return toList(value).length === 0 && !field.isRequired ? undefined : [...toList(value)];
    case 'unknown':
      return undefined;
    default:
      return field satisfies never;
  }
}

function toNumber(text: string): number | null {
  const number = text === '' ? Number.NaN : Number(text);
  return Number.isFinite(number) ? number : null;
}

function toText(value: FieldValue): string {
  return typeof value === 'string' ? value : '';
}

function toList(value: FieldValue): readonly string[] {
  return Array.isArray(value) ? value : [];
}

function countOf(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}
