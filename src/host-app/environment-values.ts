import { isIP } from 'node:net';
import { CronTime, validateCronExpression } from 'cron';
import { z } from 'zod';

const MASTER_KEY_BYTES = 32;
const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/;
const HOST_AND_PORT = /^(\[[0-9a-f:.]+\]|[a-z0-9]([a-z0-9.-]*[a-z0-9])?):(\d{1,5})$/i;

export const masterKey = z.string().transform((text, context) => {
  const bytes = Buffer.from(text, 'base64');
  // Buffer skips what is not base64, so the text is compared with what its bytes give.
  const isExact = bytes.toString('base64').replace(/=+$/, '') === text.replace(/=+$/, '');
  if (isExact && bytes.length === MASTER_KEY_BYTES) return bytes;
  context.addIssue('must be base64 of exactly 32 bytes (make one with: openssl rand -base64 32)');
  return z.NEVER;
});

/** Earlier keys, while a rotation is under way. */
export const masterKeys = z.string().transform((text, context) => {
  const keys = text.split(',').map((part) => masterKey.safeParse(part.trim()).data);
  if (keys.every((key) => key !== undefined)) return keys;
  context.addIssue('must be master keys separated by commas, each base64 of exactly 32 bytes');
  return z.NEVER;
});

export const hostList = z
  .string()
  .transform((text) => text.split(/[\s,]+/).filter((entry) => entry !== ''))
  .superRefine((entries, context) => {
    const wrong = entries.filter((entry) => {
      const port = HOST_AND_PORT.exec(entry)?.[3];
      return port === undefined || Number(port) < 1 || Number(port) > 65_535;
    });
    if (wrong.length > 0) {
      context.addIssue(
        `must be a list of host:port separated by commas (not so: ${wrong.map(quote).join(', ')})`,
      );
    }
  });

/** Names of files; one with a comma in it cannot be given. */
export const fileList = z.string().transform((text) =>
  text
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== ''),
);

export const cronExpression = z.string().superRefine((text, context) => {
  if (!validateCronExpression(text).valid) {
    context.addIssue(`must be a cron expression such as "*/15 * * * *", in UTC (is ${quote(text)})`);
  } else if (!comesAtSomeTime(text)) {
    context.addIssue(`must name a day that comes (is ${quote(text)})`);
  }
});

/** 31 February is well formed. */
function comesAtSomeTime(expression: string): boolean {
  try {
    new CronTime(expression, 'UTC').sendAt();
    return true;
  } catch {
    return false;
  }
}

export const proxyList = z
  .string()
  .transform((text) => text.split(/[\s,]+/).filter((entry) => entry !== ''))
  .superRefine((entries, context) => {
    const wrong = entries.filter((entry) => !isAddressOrRange(entry));
    if (wrong.length > 0) {
      context.addIssue(
        `must be a list of IP addresses or ranges such as 10.0.0.0/8 (not so: ${wrong.map(quote).join(', ')})`,
      );
    }
  });

export const originList = z
  .string()
  .transform((text) => text.split(/[\s,]+/).filter((entry) => entry !== ''))
  .superRefine((entries, context) => {
    const wrong = entries.filter((entry) => !isOrigin(entry));
    if (wrong.length > 0) {
      context.addIssue(
        `must be a list of origins such as https://portal.example (not so: ${wrong.map(quote).join(', ')})`,
      );
    }
  })
  .transform((entries) => entries.map((entry) => new URL(entry).origin));

export function wholeNumber(from: number, to: number) {
  return z.string().transform((text, context) => {
    if (/^\d{1,9}$/.test(text) && Number(text) >= from && Number(text) <= to) return Number(text);
    context.addIssue(`must be a whole number from ${from} to ${to} (is ${quote(text)})`);
    return z.NEVER;
  });
}

export const port = z.string().transform((text, context) => {
  if (/^\d{1,5}$/.test(text) && Number(text) <= 65_535) return Number(text);
  context.addIssue(`must be a whole number from 0 to 65535 (is ${quote(text)})`);
  return z.NEVER;
});

export function isPostgresUrl(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, hostname } = new URL(text);
  return ['postgres:', 'postgresql:'].includes(protocol) && hostname !== '';
}

export function isDiscoveryUrl(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, hostname, username, search, hash } = new URL(text);
  if (username !== '' || search !== '' || hash !== '') return false;
  return protocol === 'https:' || (protocol === 'http:' && LOOPBACK.test(hostname));
}

export function isOrigin(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, origin } = new URL(text);
  return ['https:', 'http:'].includes(protocol) && [origin, `${origin}/`].includes(text.toLowerCase());
}

function isAddressOrRange(text: string): boolean {
  const [address = '', bits, ...rest] = text.split('/');
  const version = isIP(address);
  if (version === 0 || rest.length > 0) return false;
  return bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (version === 4 ? 32 : 128));
}

function quote(text: string): string {
  return JSON.stringify(text.slice(0, 100));
}
