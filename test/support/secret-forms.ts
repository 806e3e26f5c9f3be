/** A text in the forms in which it could get out. */
export function formsOf(secret: string): string[] {
  const bytes = Buffer.from(secret, 'utf8');
  const forms = [
    secret,
    JSON.stringify(secret).slice(1, -1),
    encodeURIComponent(secret),
    bytes.toString('base64'),
    bytes.toString('base64url'),
    bytes.toString('hex'),
    bytes.toString('latin1'),
  ];
  return [...new Set(forms)];
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
