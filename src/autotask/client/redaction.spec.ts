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

  describe.each([
    ['signs that ASP.NET escapes', `a+b&c<d>e'f"g\`h`],
    ['other alphabets', 'pÄss wörd ключ 😀 é'],
    ['backslashes, slashes and line ends', 'a\\b/c\n\td'],
    ['an end that its Base64 pads', 'Zm9v>?~ÿ+'],
    ['what means something in a pattern', '^(a|b)*[c]{2}.$'],
  ])('takes out a secret with %s', (_what, odd) => {
    const units = Array.from({ length: odd.length }, (_, at) => odd.charCodeAt(at));
    const json = units.map((unit) => `\\u${unit.toString(16).padStart(4, '0')}`).join('');
    const bytes = Buffer.from(odd, 'utf8');
    const percent = [...bytes].map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join('');
    const dotNet = [...JSON.stringify(odd).slice(1, -1)]
      .map((sign) => (/[+&<>'`]|[^ -~]/.test(sign) ? escapedUnits(sign) : sign))
      .join('')
      .replaceAll('\\"', '\\u0022');

    it.each([
      ['as it is', odd],
      ['in JSON', JSON.stringify(odd).slice(1, -1)],
      ['in JSON as .NET writes it', dotNet],
      ['in JSON with every sign escaped', json],
      ['the same in capitals', json.toUpperCase().replaceAll('U', 'u')],
      ['in JSON inside JSON', JSON.stringify(dotNet).slice(1, -1)],
      ['in a URL', encodeURIComponent(odd)],
      ['in a URL, all of it and in small letters', percent],
      ['in a URL inside a URL', encodeURIComponent(encodeURIComponent(odd))],
      ['in a form', new URLSearchParams({ odd }).toString().slice(4)],
      ['as numeric entities', [...odd].map((sign) => `&#${sign.codePointAt(0)};`).join('')],
      [
        'as hexadecimal entities',
        [...odd].map((sign) => `&#x${sign.codePointAt(0)?.toString(16)};`).join(''),
      ],
      ['in the wrong character set', bytes.toString('latin1')],
      ['as Base64', bytes.toString('base64')],
      ['as Base64 in JSON of .NET', bytes.toString('base64').replaceAll('+', '\\u002B')],
      ['as Base64 for URLs', bytes.toString('base64url')],
      ['in hexadecimal', bytes.toString('hex').toUpperCase()],
    ])('that is echoed %s', (_how, echoed) => {
      expect(new Redaction([odd]).shorten(`before ${echoed} after`)).toBe('before [secret] after');
    });
  });

  it('takes out a longer secret before one it begins with', () => {
    expect(new Redaction(['abc', 'abcdef']).shorten('x abcdef abc')).toBe('x [secret] [secret]');
  });

  it('is done soon with a long text that nearly holds the secret everywhere', () => {
    const startedAt = performance.now();
    const nearly = `${'\\'.repeat(200_000)}${'&amp;'.repeat(40_000)}${'%25'.repeat(60_000)}`;
    new Redaction(['\\&%'.repeat(20)]).shorten(nearly);
    expect(performance.now() - startedAt).toBeLessThan(5000);
  });

  it('makes one line and cuts it only after the secrets are out, so that no part of one is left', () => {
    const text = `line\r\n  two ${'x'.repeat(185)}${secret}${'y'.repeat(50)}`;
    const shortened = redaction.shorten(text);
    expect(shortened).toHaveLength(200);
    expect(shortened.startsWith('line two xxx')).toBe(true);
    expect(shortened).not.toContain('p&ss');
  });
});

function escapedUnits(text: string): string {
  return Array.from(
    { length: text.length },
    (_, at) => `\\u${text.charCodeAt(at).toString(16).toUpperCase().padStart(4, '0')}`,
  ).join('');
}
