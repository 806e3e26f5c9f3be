import { expect, it } from 'vitest';
import { carriesToken, digestOfToken } from './bootstrap-token.js';

const DIGEST = digestOfToken('the-bootstrap-token');

it.each(['Bearer the-bootstrap-token', 'bearer the-bootstrap-token', 'Bearer   the-bootstrap-token '])(
  'accepts the token in "%s"',
  (header) => {
    expect(carriesToken(header, DIGEST)).toBe(true);
  },
);

it.each([
  undefined,
  '',
  'the-bootstrap-token',
  'Basic the-bootstrap-token',
  'Bearer',
  'Bearer the-bootstrap-toke',
  'Bearer the-bootstrap-token2',
  'Bearer the-bootstrap-token x',
  'Bearer THE-BOOTSTRAP-TOKEN',
])('refuses the header %s', (header) => {
  expect(carriesToken(header, DIGEST)).toBe(false);
});

it('refuses a header that came more than once', () => {
  expect(carriesToken(['Bearer the-bootstrap-token', 'Bearer the-bootstrap-token'], DIGEST)).toBe(false);
});
