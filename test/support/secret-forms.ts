/** A text in the forms in which it could get out. */
export function formsOf(secret: string): string[] {
  const bytes = Buffer.from(secret, 'utf8');
  const forms = [
    secret,
    JSON.stringify(secret).slice(1, -1),
    dotNetJson(secret),
    // Once more inside a line of a JSON log.
    JSON.stringify(dotNetJson(secret)).slice(1, -1),
    Array.from(secret, (sign) => (/[\w-]/.test(sign) ? sign : `&#${sign.codePointAt(0)};`)).join(''),
    encodeURIComponent(secret),
    bytes.toString('base64'),
    bytes.toString('base64url'),
    bytes.toString('hex'),
    bytes.toString('latin1'),
  ];
  return [...new Set(forms)];
}

/** Inside a JSON text as System.Text.Json writes it by default: all but plain ASCII escaped, and what HTML could misread. */
export function dotNetJson(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll(/[^ -~]|["&'+<>`]/g, escapedUnit);
}

function escapedUnit(unit: string): string {
  return `\\u${unit.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}`;
}

/** Where one of the texts was found, without printing all around it. */
export function leaksOf(secrets: readonly string[], text: string): string[] {
  return secrets
    .filter((secret) => text.includes(secret))
    .map((secret) => {
      const position = text.indexOf(secret);
      return text.slice(Math.max(0, position - 150), position + secret.length + 50);
    });
}
