import fc from 'fast-check';
import type { Schema } from '../../../src/platform/http/openapi.js';

/** Texts that programs trip over: empty, control characters, half surrogates, other people's syntax, names of prototypes, length. */
const AWKWARD_TEXTS = [
  '',
  ' ',
  '\0',
  '\u0007\r\n',
  '\uD800',
  '\uFFFF',
  '🐴'.repeat(60),
  "' OR 1=1 --",
  '%',
  '%_\\',
  '../../etc/passwd',
  '<script>alert(1)</script>',
  '${7*7}',
  '__proto__',
  'constructor',
  'null',
  'NaN',
  '-0',
  '1e309',
  '9'.repeat(40),
  '0000-00-00',
  '2026-02-30T25:61:61Z',
  '275760-09-13T00:00:00.001Z',
  '00000000-0000-0000-0000-000000000000',
  'eyJhIjoxfQ',
  'WyIxIiwiMiJd',
  'a'.repeat(3000),
];

const AWKWARD_VALUES: unknown[] = [
  null,
  true,
  0,
  -1,
  1.5,
  1e308,
  Number.MAX_SAFE_INTEGER,
  [],
  {},
  [null],
  { toString: 'x', __proto__: 'y' },
  [[[[[[[[]]]]]]]],
];

export const awkwardText = fc.oneof(fc.constantFrom(...AWKWARD_TEXTS), fc.string({ unit: 'binary' }));
export const awkwardValue = fc.oneof(fc.constantFrom(...AWKWARD_VALUES), awkwardText, fc.jsonValue());

const FORMATS: Readonly<Record<string, fc.Arbitrary<string>>> = {
  uuid: fc.uuid(),
  'date-time': fc
    .date({ min: new Date(0), noInvalidDate: true })
    .map((date) => date.toISOString().slice(0, 19) + 'Z'),
  date: fc
    .date({ min: new Date('2020-01-01'), max: new Date('2035-12-31'), noInvalidDate: true })
    .map((date) => date.toISOString().slice(0, 10)),
};

/** Schemas by name, as `#/components/schemas/<name>` refers to them. */
export type NamedSchemas = Readonly<Record<string, Schema>>;

/** Values a schema allows. */
export function validValue(schema: Schema, named: NamedSchemas, depth = 0): fc.Arbitrary<unknown> {
  const ref = schema['$ref'];
  if (typeof ref === 'string') {
    const target = named[ref.split('/').at(-1) ?? ''];
    if (target === undefined) throw new TypeError(`${ref} is not defined`);
    return depth > 8 ? fc.constant(null) : validValue(target, named, depth + 1);
  }
  const choices = (schema['anyOf'] ?? schema['oneOf']) as Schema[] | undefined;
  if (choices !== undefined)
    return fc.oneof(...choices.map((choice) => validValue(choice, named, depth + 1)));
  if (schema['const'] !== undefined) return fc.constant(schema['const']);
  if (Array.isArray(schema['enum'])) return fc.constantFrom(...(schema['enum'] as unknown[]));
  const types = [schema['type']].flat() as (string | undefined)[];
  return fc.oneof(...types.map((type) => valueOfType(type, schema, named, depth)));
}

function valueOfType(
  type: string | undefined,
  schema: Schema,
  named: NamedSchemas,
  depth: number,
): fc.Arbitrary<unknown> {
  const limit = (name: string, otherwise: number) => {
    const given = schema[name];
    return typeof given === 'number' ? given : otherwise;
  };
  if (type === 'null') return fc.constant(null);
  if (type === 'boolean') return fc.boolean();
  if (type === 'integer') return fc.integer({ min: limit('minimum', -10), max: limit('maximum', 100_000) });
  if (type === 'number')
    return fc.double({ min: limit('minimum', -1e6), max: limit('maximum', 1e6), noNaN: true });
  if (type === 'array') {
    const items = validValue((schema['items'] ?? {}) as Schema, named, depth + 1);
    return fc.array(items, { minLength: limit('minItems', 0), maxLength: Math.min(limit('maxItems', 3), 5) });
  }
  if (type === 'object') return objectValue(schema, named, depth);
  return type === 'string' ? textValue(schema, limit('minLength', 0), limit('maxLength', 60)) : awkwardValue;
}

function textValue(schema: Schema, minLength: number, maxLength: number): fc.Arbitrary<string> {
  const { format, pattern } = schema as { format?: string; pattern?: string };
  const ofFormat = format === undefined ? undefined : FORMATS[format];
  if (ofFormat !== undefined) return ofFormat;
  if (pattern !== undefined) return fc.stringMatching(new RegExp(pattern, 'u'));
  return fc.string({ minLength, maxLength, unit: 'grapheme' });
}

function objectValue(schema: Schema, named: NamedSchemas, depth: number): fc.Arbitrary<unknown> {
  const properties = (schema['properties'] ?? {}) as Record<string, Schema>;
  const members = Object.entries(properties).map(
    ([name, member]) => [name, validValue(member, named, depth + 1)] as const,
  );
  const requiredKeys = (schema['required'] ?? []) as never[];
  return fc.record(Object.fromEntries(members), { requiredKeys });
}

/** Values near what a schema allows: a member missing, foreign, or of another kind. */
export function invalidValue(schema: Schema, named: NamedSchemas): fc.Arbitrary<unknown> {
  const damaged = fc
    .tuple(validValue(schema, named), fc.nat(), fc.nat(3), awkwardValue)
    .map(([value, at, how, awkward]) => damage(value, at, how, awkward));
  return fc.oneof({ arbitrary: damaged, weight: 4 }, { arbitrary: awkwardValue, weight: 1 });
}

function damage(value: unknown, at: number, how: number, awkward: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return awkward;
  const members = Object.entries(value);
  const [name, inner] = members[at % Math.max(1, members.length)] ?? ['none', undefined];
  const rest = Object.fromEntries(members.filter(([other]) => other !== name));
  if (how === 0) return rest;
  if (how === 1) return { ...value, ['__proto__x']: awkward };
  if (how === 2 && typeof inner === 'object')
    return { ...rest, [name]: damage(inner, at >> 2, at % 4, awkward) };
  return { ...rest, [name]: awkward };
}
