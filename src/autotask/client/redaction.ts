const MAX_LENGTH = 200;
const REPLACEMENT = '[secret]';

/** Makes vendor texts fit for errors and logs: the credentials' values are taken out first, then the text is shortened. */
export class Redaction {
  readonly #forms: readonly string[];

  /** @param secrets plain values that must not be seen; empty ones are ignored */
  constructor(secrets: readonly string[]) {
    const forms = secrets.filter((secret) => secret !== '').flatMap(formsOf);
    this.#forms = [...new Set(forms)].toSorted((a, b) => b.length - a.length);
  }

  /** One line of at most 200 characters without any of the secrets. */
  shorten(text: string): string {
    const clean = this.#forms.reduce((rest, form) => rest.replaceAll(form, REPLACEMENT), text);
    const line = clean.replaceAll(/\s+/g, ' ').trim();
    return line.length > MAX_LENGTH ? `${line.slice(0, MAX_LENGTH - 1)}…` : line;
  }
}

/** A server can echo a value as it came, inside a URL, inside JSON or inside HTML. */
function formsOf(secret: string): string[] {
  return [
    secret,
    encodeURIComponent(secret.toWellFormed()),
    JSON.stringify(secret).slice(1, -1),
    secret.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;'),
    Buffer.from(secret, 'utf8').toString('base64'),
  ];
}
