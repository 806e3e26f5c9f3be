import { inspect } from 'node:util';
import type { LoggerService } from '@nestjs/common';

/** A host's logger at its most verbose; keeps every line, with the data in full depth. */
export class CapturedLog implements LoggerService {
  readonly #lines: string[] = [];

  log(...parts: unknown[]): void {
    this.#keep('log', parts);
  }

  error(...parts: unknown[]): void {
    this.#keep('error', parts);
  }

  warn(...parts: unknown[]): void {
    this.#keep('warn', parts);
  }

  debug(...parts: unknown[]): void {
    this.#keep('debug', parts);
  }

  verbose(...parts: unknown[]): void {
    this.#keep('verbose', parts);
  }

  fatal(...parts: unknown[]): void {
    this.#keep('fatal', parts);
  }

  text(): string {
    return this.#lines.join('\n');
  }

  /** Lines that hold this text. */
  linesWith(part: string): string[] {
    return this.#lines.filter((line) => line.includes(part));
  }

  #keep(level: string, parts: unknown[]): void {
    const all = { depth: Infinity, maxArrayLength: Infinity, maxStringLength: Infinity, showHidden: true };
    this.#lines.push(`${level} ${parts.map((part) => inspect(part, all)).join(' ')}`);
  }
}
