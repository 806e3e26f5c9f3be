import { isLocalDate, type LocalDate } from '../../kernel/local-date.js';
import { isJsonObject, type JsonObject } from '../rules/json-members.js';
import { badMember } from './control-problem.js';

/**
 * The members of a control request's body. Each reader answers undefined for an absent member and refuses one of the wrong
 * type (422, naming it); members nobody knows are refused at once, so that a typing error never passes for a default.
 */
export class ControlInput {
  private readonly members: JsonObject;

  /** @throws ControlProblem when the value is no object or has members other than the known ones. */
  constructor(
    value: unknown,
    known: readonly string[],
    private readonly base = '',
  ) {
    if (!isJsonObject(value)) throw badMember(base === '' ? '/' : base, 'it must be a JSON object');
    this.members = value;
    const unknown = Object.keys(value).find((name) => !known.includes(name));
    if (unknown !== undefined) {
      throw badMember(this.pointer(unknown), `it is not known; known are ${known.join(', ')}`);
    }
  }

  pointer(name: string): string {
    return `${this.base}/${name}`;
  }

  /** @throws ControlProblem when the value is absent. */
  must<T>(name: string, value: T | undefined): T {
    if (value === undefined) throw badMember(this.pointer(name), 'it is required');
    return value;
  }

  any(name: string): unknown {
    return this.members[name];
  }

  text(name: string): string | undefined {
    const value = this.members[name];
    if (value === undefined || typeof value === 'string') return value;
    throw badMember(this.pointer(name), 'it must be text');
  }

  flag(name: string): boolean | undefined {
    const value = this.members[name];
    if (value === undefined || typeof value === 'boolean') return value;
    throw badMember(this.pointer(name), 'it must be true or false');
  }

  whole(name: string, minimum: number, maximum: number): number | undefined {
    const value = this.members[name];
    if (value === undefined) return undefined;
    if (typeof value === 'number' && Number.isInteger(value) && value >= minimum && value <= maximum)
      return value;
    throw badMember(this.pointer(name), `it must be a whole number from ${minimum} to ${maximum}`);
  }

  oneOf<T extends string | number>(name: string, choices: readonly T[]): T | undefined {
    const value = this.members[name];
    const found = choices.find((choice) => choice === value);
    if (value === undefined || found !== undefined) return found;
    throw badMember(this.pointer(name), `it must be one of ${choices.join(', ')}`);
  }

  day(name: string): LocalDate | undefined {
    const value = this.members[name];
    if (value === undefined || isLocalDate(value)) return value;
    throw badMember(this.pointer(name), 'it must be a date in the form YYYY-MM-DD');
  }

  /** A list of non-negative whole numbers. */
  ids(name: string): number[] | undefined {
    const value = this.members[name];
    if (value === undefined) return undefined;
    if (Array.isArray(value) && value.every(isId)) return value;
    throw badMember(this.pointer(name), 'it must be a list of ids');
  }

  texts(name: string): string[] | undefined {
    const value = this.members[name];
    if (value === undefined) return undefined;
    if (Array.isArray(value) && value.every((item) => typeof item === 'string')) return value;
    throw badMember(this.pointer(name), 'it must be a list of texts');
  }

  /** An object whose members are all texts. */
  textsByName(name: string): Record<string, string> | undefined {
    const value = this.members[name];
    if (value === undefined) return undefined;
    if (!isJsonObject(value)) throw badMember(this.pointer(name), 'it must be an object of texts');
    const wrong = Object.keys(value).find((key) => typeof value[key] !== 'string');
    if (wrong !== undefined) throw badMember(`${this.pointer(name)}/${wrong}`, 'it must be text');
    return value as Record<string, string>;
  }
}

function isId(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}
