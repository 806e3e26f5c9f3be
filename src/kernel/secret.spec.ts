import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { Secret } from './secret.js';

describe('Secret', () => {
  it('reveals its value only when asked to', () => {
    expect(new Secret('hunter2').reveal()).toBe('hunter2');
  });

  it('prints as [secret] in every way of turning it into text', () => {
    const secret = new Secret('hunter2');
    const printed = [
      String(secret),
      `${secret}`,
      JSON.stringify({ secret }),
      inspect(secret),
      inspect({ deep: { secret } }, { depth: 5, showHidden: true }),
    ].join('\n');
    expect(printed).not.toContain('hunter2');
    expect(printed).toContain('[secret]');
  });
});
