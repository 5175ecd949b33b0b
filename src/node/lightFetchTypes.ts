/**
 * `Headers` and `FormData` as the executable knows them; the bundler puts them where its parts name the global ones. The
 * runtime's own bring all of its `fetch` along, which takes as long to load as the runtime itself. Of no use to that `fetch`
 * but as a list of pairs.
 */

type Pairs = Iterable<readonly [string, string]>;

/** HTTP's `token`. */
const NAME = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
const OUTER_SPACE = /^[\t\n\r ]+|[\t\n\r ]+$/g;
/** A byte each, none of which ends a line. */
const VALUE = /^[^\0\n\r\u0100-\uffff]*$/;

/** As the fetch standard has it: names without case, listed in order, values of one name joined. Throws TypeError. */
class LightHeaders implements Iterable<[string, string]> {
  readonly [Symbol.toStringTag] = 'Headers';
  readonly #values = new Map<string, readonly string[]>();

  constructor(given: Pairs | Readonly<Record<string, string>> = {}) {
    const pairs = isPairs(given) ? given : Object.entries(given);
    for (const [name, value] of pairs) this.append(name, value);
  }

  append(name: string, value: string): void {
    const key = toKey(name);
    this.#values.set(key, [...(this.#values.get(key) ?? []), toValue(value)]);
  }

  set(name: string, value: string): void {
    this.#values.set(toKey(name), [toValue(value)]);
  }

  delete(name: string): void {
    this.#values.delete(toKey(name));
  }

  has(name: string): boolean {
    return this.#values.has(toKey(name));
  }

  get(name: string): string | null {
    return this.#values.get(toKey(name))?.join(', ') ?? null;
  }

  getSetCookie(): string[] {
    return [...(this.#values.get('set-cookie') ?? [])];
  }

  *entries(): Generator<[string, string], undefined> {
    for (const [name, values] of [...this.#values].sort(([a], [b]) => (a < b ? -1 : 1))) {
      if (name !== 'set-cookie') yield [name, values.join(', ')];
      else for (const value of values) yield [name, value];
    }
  }

  *keys(): Generator<string, undefined> {
    for (const [name] of this.entries()) yield name;
  }

  *values(): Generator<string, undefined> {
    for (const [, value] of this.entries()) yield value;
  }

  forEach(visit: (value: string, name: string, headers: this) => void, self?: unknown): void {
    for (const [name, value] of this.entries()) visit.call(self, value, name, this);
  }

  [Symbol.iterator](): Generator<[string, string], undefined> {
    return this.entries();
  }
}

function isPairs(given: Pairs | Readonly<Record<string, string>>): given is Pairs {
  return Symbol.iterator in given;
}

function toKey(name: string): string {
  if (!NAME.test(name)) throw new TypeError(`${JSON.stringify(name)} is no name of a header.`);
  return name.toLowerCase();
}

/** The value itself may be a key, so a message never holds it. */
function toValue(given: string): string {
  const value = String(given).replace(OUTER_SPACE, '');
  if (!VALUE.test(value)) throw new TypeError('The value of a header has a character that can not be sent.');
  return value;
}

/** Only ever asked whether something is one: the executable sends no forms. */
const LightFormData = {
  [Symbol.hasInstance]: (value: unknown): boolean =>
    Object.prototype.toString.call(value) === '[object FormData]',
};

export { LightFormData as FormData, LightHeaders as Headers };
