import { MoneyDecimal } from '../../kernel/money.js';
import type { FieldDefinition } from '../metadata/field-notation.js';
import type { RowValue } from '../world/table.js';
import { AutotaskRefusal } from './autotask-refusal.js';

/** The complete operator list without the groups (Autotask REST reference, §2.2), in lower case. */
export const OPERATORS_WITHOUT_VALUE: ReadonlySet<string> = new Set(['exist', 'notexist']);
export const VALUE_OPERATORS: ReadonlySet<string> = new Set([
  'eq',
  'noteq',
  'gt',
  'gte',
  'lt',
  'lte',
  'beginswith',
  'endswith',
  'contains',
  'in',
  'notin',
]);

const TEXT_OPERATORS = new Set(['beginswith', 'endswith', 'contains']);
const LIST_OPERATORS = new Set(['in', 'notin']);

type ValueTest = (value: RowValue) => boolean;
type Comparable = string | number | MoneyDecimal;

const ORDER_TESTS: Readonly<Record<string, (order: number) => boolean>> = {
  eq: (order) => order === 0,
  noteq: (order) => order !== 0,
  gt: (order) => order > 0,
  gte: (order) => order >= 0,
  lt: (order) => order < 0,
  lte: (order) => order <= 0,
};

const TEXT_TESTS: Readonly<Record<string, (text: string, part: string) => boolean>> = {
  beginswith: (text, part) => text.startsWith(part),
  endswith: (text, part) => text.endsWith(part),
  contains: (text, part) => text.includes(part),
};

/**
 * The test one condition makes on a field's value. Strings compare without case; an empty field matches only `notExist`,
 * as SQL's null does; a number field compared with a string matches nothing and raises nothing (reference §2.2, observed).
 *
 * @throws AutotaskRefusal when the value's JSON type does not fit the operator or the field.
 */
export function compileComparison(field: FieldDefinition, operator: string, value: unknown): ValueTest {
  if (operator === 'exist') return (actual) => actual !== null;
  if (operator === 'notexist') return (actual) => actual === null;
  if (LIST_OPERATORS.has(operator)) return compileList(field, operator, value);
  const key = comparable(field, value, operator);
  if (TEXT_OPERATORS.has(operator)) return compileText(field, operator, key);
  if (key === undefined) return () => false;
  const test = ORDER_TESTS[operator] ?? (() => false);
  return (actual) => {
    const actualKey = keyOf(field, actual);
    return actualKey !== undefined && test(order(actualKey, key));
  };
}

function compileText(field: FieldDefinition, operator: string, key: Comparable | undefined): ValueTest {
  if (field.type !== 'string' || typeof key !== 'string') {
    throw new AutotaskRefusal(
      `Invalid query. Operator '${operator}' needs a text field; '${field.name}' is none.`,
    );
  }
  const test = TEXT_TESTS[operator] ?? (() => false);
  return (actual) => typeof actual === 'string' && test(actual.toLowerCase(), key);
}

function compileList(field: FieldDefinition, operator: string, value: unknown): ValueTest {
  if (!Array.isArray(value) || value.length === 0) {
    throw new AutotaskRefusal(`Invalid query. Operator '${operator}' needs an array.`);
  }
  if (new Set(value.map((item) => (MoneyDecimal.isDecimal(item) ? 'number' : typeof item))).size > 1) {
    throw new AutotaskRefusal(`Invalid query. The array of '${operator}' must hold values of one type.`);
  }
  const keys = new Set(
    value
      .map((item) => comparable(field, item, operator))
      .map((key) => (key === undefined ? key : key.toString())),
  );
  const isWanted = operator === 'in';
  return (actual) => {
    const key = keyOf(field, actual);
    return key !== undefined && keys.has(key.toString()) === isWanted;
  };
}

/** The filter's value in comparable form; undefined when it can match nothing. */
function comparable(field: FieldDefinition, value: unknown, operator: string): Comparable | undefined {
  const isNumber = typeof value === 'number' || MoneyDecimal.isDecimal(value);
  if (!isNumber && typeof value !== 'string' && typeof value !== 'boolean') {
    throw new AutotaskRefusal(
      `Invalid query. The value of '${operator}' on '${field.name}' is not supported.`,
    );
  }
  if ((field.type === 'boolean') !== (typeof value === 'boolean')) {
    throw new AutotaskRefusal(`Invalid query. The value of '${field.name}' has the wrong type.`);
  }
  if (typeof value === 'boolean') return value ? 1 : 0;
  if (field.type === 'datetime' || field.type === 'date') return instant(field, value);
  if (field.type === 'string') return (isNumber ? value.toString() : value).toLowerCase();
  return isNumber ? value : undefined;
}

function instant(field: FieldDefinition, value: unknown): number {
  const milliseconds = typeof value === 'string' ? parseInstant(value) : Number.NaN;
  if (Number.isNaN(milliseconds)) {
    throw new AutotaskRefusal(`Invalid query. The value of '${field.name}' is not a date.`);
  }
  return milliseconds;
}

/** Milliseconds of an ISO date or date-time; without a zone it is UTC (reference §2.6). NaN when it is none. */
export function parseInstant(text: string): number {
  if (!/^\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:?\d{2})?)?$/i.test(text))
    return Number.NaN;
  const hasZone = /(Z|[+-]\d{2}:?\d{2})$/i.test(text.slice(10));
  return Date.parse(text.length === 10 || hasZone ? text : `${text}Z`);
}

function keyOf(field: FieldDefinition, actual: RowValue): Comparable | undefined {
  if (actual === null) return undefined;
  if (typeof actual === 'boolean') return actual ? 1 : 0;
  if (typeof actual === 'string') {
    return field.type === 'datetime' || field.type === 'date' ? Date.parse(actual) : actual.toLowerCase();
  }
  return typeof actual === 'number' || MoneyDecimal.isDecimal(actual) ? actual : undefined;
}

function order(left: Comparable, right: Comparable): number {
  if (typeof left === 'string' || typeof right === 'string') {
    const [leftText, rightText] = [left.toString(), right.toString()];
    if (leftText === rightText) return 0;
    return leftText < rightText ? -1 : 1;
  }
  if (typeof left === 'number' && typeof right === 'number') return left - right;
  return new MoneyDecimal(left).comparedTo(right);
}
