import { describe, expect, it } from 'vitest';
import { Redaction } from './redaction.js';

describe('redaction of vendor texts', () => {
  const secret = 'p&ss "w<rd/1';
  const redaction = new Redaction([secret, '', 'CODE123']);

  it.each([
    ['as it is', secret],
    ['in a URL', encodeURIComponent(secret)],
    ['in JSON', JSON.stringify(secret).slice(1, -1)],
    ['in HTML', 'p&amp;ss &quot;w&lt;rd/1'],
    ['as Base64', Buffer.from(secret).toString('base64')],
  ])('takes a secret out that is echoed %s', (_how, echoed) => {
    expect(redaction.shorten(`before ${echoed} CODE123 after`)).toBe('before [secret] [secret] after');
  });

  it('makes one line and cuts it only after the secrets are out, so that no part of one is left', () => {
    const text = `line\r\n  two ${'x'.repeat(185)}${secret}${'y'.repeat(50)}`;
    const shortened = redaction.shorten(text);
    expect(shortened).toHaveLength(200);
    expect(shortened.startsWith('line two xxx')).toBe(true);
    expect(shortened).not.toContain('p&ss');
  });
});
