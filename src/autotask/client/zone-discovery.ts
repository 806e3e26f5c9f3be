import { PsaUnexpectedAnswerError } from '../../ports/psa/psa.errors.js';
import type { Clock } from '../../ports/host/clock.port.js';
import { USER_AGENT } from './autotask-client.js';
import { type JsonObject, readAnswer, saysUserUnknown } from './failure-table.js';
import type { HttpTransport } from './http-transport.js';
import { Redaction } from './redaction.js';

export interface AutotaskZone {
  /** The vendor's `ci`: identifies the customer database. */
  databaseId: string;
  name: string;
  /** Ends with `/`, without the version. */
  apiUrl: string;
  webUrl: string;
}

export interface DiscoveryRequest {
  transport: HttpTransport;
  clock: Clock;
  discoveryUrl: string;
  username: string;
}

const LABEL = 'GET zoneInformation';

/**
 * Asks which zone a user belongs to; null when Autotask knows no such user. Sends no credentials: the endpoint needs
 * none, and an answer proves nothing about them (Autotask REST reference, §1.1).
 * @throws what the failure table raises; PsaUnexpectedAnswerError when the answer names no zone
 */
export async function discoverZone(
  request: DiscoveryRequest,
  signal?: AbortSignal,
): Promise<AutotaskZone | null> {
  const base = request.discoveryUrl.replace(/\/+$/, '');
  const answer = await request.transport.send(
    {
      method: 'GET',
      url: new URL(
        `${base}/v1.0/zoneInformation?user=${encodeURIComponent(request.username.toWellFormed())}`,
      ),
      headers: { Accept: 'application/json', 'User-Agent': USER_AGENT },
      label: LABEL,
    },
    signal,
  );
  if (saysUserUnknown(answer)) return null;
  const now = request.clock.now();
  return toZone(readAnswer(answer, { request: LABEL, redaction: new Redaction([request.username]), now }));
}

function toZone(body: JsonObject): AutotaskZone {
  const { zoneName, url, webUrl, ci } = body;
  const apiUrl = typeof url === 'string' ? normalisedApiUrl(url) : undefined;
  if (apiUrl === undefined || typeof ci !== 'number') {
    throw new PsaUnexpectedAnswerError('Autotask names no zone for this user.', {
      context: { request: LABEL, members: Object.keys(body).slice(0, 20) },
    });
  }
  return {
    databaseId: String(ci),
    name: typeof zoneName === 'string' ? zoneName : '',
    apiUrl,
    webUrl: typeof webUrl === 'string' ? webUrl : '',
  };
}

/** Ends with one slash and has no doubled ones, which the vendor once answered with (Autotask REST reference, §1.1). */
function normalisedApiUrl(text: string): string | undefined {
  if (!URL.canParse(text)) return undefined;
  const url = new URL(text);
  const path = `${url.pathname}/`.replaceAll(/\/{2,}/g, '/');
  return `${url.protocol}//${url.host}${path}`;
}
