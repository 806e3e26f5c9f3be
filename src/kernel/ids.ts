import { randomUUID } from 'node:crypto';

/** A new random key (UUID version 4) for a row of ours. */
export function newId(): string {
  return randomUUID();
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** Whether the text can be one of our keys; anything else cannot name a row and need not reach the database. */
export function isId(text: string): boolean {
  return UUID.test(text);
}
