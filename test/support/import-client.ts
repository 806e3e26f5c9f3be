import type { ImportResponse, ImportSummaryResponse } from '../../src/imports/http/import-response.js';
import type { ApiAnswer, Problem } from './api-client.js';
import type { Connector } from './connector.js';
import { TOKENS } from './test-actors.js';
import { until } from './until.js';

/** Where files are sent. */
export const IMPORT_PATH = '/imports/partner-center';
export type Sent = ApiAnswer<ImportSummaryResponse & Problem>;

/** Sends a file as the body of the request. */
export async function sendRaw(
  connector: Connector,
  body: string | Uint8Array<ArrayBuffer>,
  headers: Record<string, string>,
  query = '',
  actor: keyof typeof TOKENS = 'admin',
): Promise<Sent> {
  const response = await fetch(connector.app.apiUrl + IMPORT_PATH + query, {
    method: 'POST',
    headers: { authorization: `Bearer ${TOKENS[actor]}`, ...headers },
    body,
  });
  return answerOf(response);
}

export async function sendForm(connector: Connector, form: FormData): Promise<Sent> {
  const response = await fetch(connector.app.apiUrl + IMPORT_PATH, {
    method: 'POST',
    headers: { authorization: `Bearer ${TOKENS.admin}` },
    body: form,
  });
  return answerOf(response);
}

async function answerOf(response: Response): Promise<Sent> {
  const text = await response.text();
  return { status: response.status, headers: response.headers, text, body: JSON.parse(text) as Sent['body'] };
}

export function ended(connector: Connector, id: string): Promise<ImportResponse> {
  return until(`import ${id} to end`, async () => {
    const { body } = await connector.api.get<ImportResponse>(`/imports/${id}`);
    return body.state === 'succeeded' || body.state === 'failed' ? body : null;
  });
}

export const CSV = { 'content-type': 'text/csv' };

/** Sends a file and waits for what becomes of it. */
export async function importFile(
  connector: Connector,
  body: string | Uint8Array<ArrayBuffer>,
  headers: Record<string, string> = CSV,
  query = '',
): Promise<ImportResponse> {
  const sent = await sendRaw(connector, body, headers, query);
  if (sent.status !== 202) throw new Error(`The upload was answered ${sent.status}: ${sent.text}`);
  return ended(connector, sent.body.id);
}
