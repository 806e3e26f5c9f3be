import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';
import { DEFAULT_AUTOTASK_OPTIONS } from '../../src/autotask/autotask-options.js';
import { AutotaskAdapter } from '../../src/autotask/autotask.adapter.js';
import type { PsaWriter } from '../../src/ports/psa/psa-writes.js';
import { CLOCK_AT_NOON, CREDENTIALS } from './scripted-autotask.js';

export interface Sent {
  method: string;
  path: string;
  /** As it came over the wire, since parsing would hide what becomes of the digits. */
  body: string;
}

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}

const METADATA = {
  pickLists: {
    companyType: { 1: 'Kunde', 21: 'Vendor' },
    contractPeriodType: { 12: 'Monthly', 13: 'Yearly' },
    servicePeriodType: {},
    chargeType: { 4: 'Capitalized', 9: 'Operational' },
  },
  absentFields: { Services: ['sku'] },
};

/** A writer, and what it sends to a server that gives this answer to everything. */
export async function writerAnswered(
  answer = '{"itemId":29683664}',
): Promise<{ writer: PsaWriter; sent: Sent[] }> {
  const sent: Sent[] = [];
  const server = createServer((request, response) => {
    const reply = async () => {
      const path = (request.url ?? '').replace('/zone/V1.0/', '');
      sent.push({ method: request.method ?? '', path, body: await textOf(request) });
      response.writeHead(200, { 'content-type': 'application/json' }).end(answer);
    };
    void reply();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const adapter = new AutotaskAdapter({ ...DEFAULT_AUTOTASK_OPTIONS, discoveryUrl: origin }, CLOCK_AT_NOON);
  const instance = {
    id: '1',
    zoneName: '',
    apiUrl: `${origin}/zone/`,
    webUrl: '',
    internalCurrency: 'EUR',
    metadata: METADATA,
  };
  const { writer } = adapter.openSession({ purpose: 'interactive', credentials: CREDENTIALS, instance });
  onTestFinished(async () => {
    await adapter.close();
    server.close();
  });
  if (writer === undefined) throw new Error('The session has no writer');
  return { writer, sent };
}
