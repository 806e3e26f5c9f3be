import { expect, it } from 'vitest';
import { passwordProblem } from './password-policy.js';

it.each([
  'correct horse battery staple',
  'ein langer Satz ohne Ziffern',
  'äöüßéèêçñøåæ',
  '🐴🔋📎🐎🌳🚲🍎🚀🎈🎵📚☂',
  'a1b2c3d4e5f6',
])('takes "%s"', (password) => {
  expect(passwordProblem(password, 'ada@csp.example')).toBeNull();
});

it.each([
  ['eleven char', '12 to 128 characters'],
  ['🐴🔋📎🐎🌳🚲', '12 to 128 characters'],
  ['long enough '.repeat(11), '12 to 128 characters'],
  ['abababababab', 'different characters'],
  ['my-name-is-Lovelace', 'the user name'],
  ['Password1234!', 'everybody tries first'],
  ['123456789012', 'everybody tries first'],
  ['qwertyuiop[]', 'everybody tries first'],
])('refuses "%s"', (password, problem) => {
  expect(passwordProblem(password, 'lovelace@csp.example')).toContain(problem);
});
