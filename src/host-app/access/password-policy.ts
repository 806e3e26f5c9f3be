export const MIN_PASSWORD_LENGTH = 12;
export const MAX_PASSWORD_LENGTH = 128;
const MIN_DIFFERENT_SIGNS = 5;

/** What is wrong with a new password, or null. Length counts, not a mix of signs (NIST SP 800-63B, OWASP ASVS 2.1). */
export function passwordProblem(password: string, userName: string): string | null {
  const { length } = Array.from(password);
  if (length < MIN_PASSWORD_LENGTH || length > MAX_PASSWORD_LENGTH) {
    return `must have ${MIN_PASSWORD_LENGTH} to ${MAX_PASSWORD_LENGTH} characters`;
  }
  const folded = password.toLowerCase();
  if (new Set(folded).size < MIN_DIFFERENT_SIGNS) {
    return `must hold at least ${MIN_DIFFERENT_SIGNS} different characters`;
  }
  const name = userName.toLowerCase().split('@')[0] ?? '';
  if (name.length >= 3 && folded.includes(name)) return 'must not contain the user name';
  if (/^(?:0?1?2345678|abcdefgh|qwerty|password|passw0rd|letmein|welcome|autotask|admin)/.test(folded)) {
    return 'must not begin with one of the words everybody tries first';
  }
  return null;
}
